/**
 * The pictures of the sample data set: emoji of one design on a random background, as SVG text.
 * Every picture depends only on its own name, so the set is the same whatever the order and number of pictures.
 */
import { createHash } from "node:crypto";

const pictureSize = 192;

/** Names that all designs below share. Nothing that is neither clearly an animal nor clearly something to eat or drink. */
export const emojiOfClass = {
  animal:
    `ant baby-chick bat bear bird blowfish boar bug butterfly camel cat cat-face chicken chipmunk cow cow-face crab
    crocodile deer dog dog-face dolphin dove duck eagle elephant ewe fish fox frog goat gorilla hamster honeybee horse
    horse-face koala lady-beetle leopard lion lizard monkey monkey-face mouse mouse-face octopus owl ox panda penguin pig
    pig-face poodle rabbit rabbit-face ram rat rhinoceros rooster scorpion shark snail snake spider spouting-whale squid
    tiger tiger-face tropical-fish turkey turtle water-buffalo whale wolf`.split(/\s+/),
  food: `avocado bacon baguette-bread banana beer-mug bento-box birthday-cake bread burrito candy carrot cheese-wedge cherries
    chestnut chocolate-bar cocktail-glass cooked-rice cookie cooking croissant cucumber curry-rice custard dango doughnut
    ear-of-corn egg eggplant fish-cake-with-swirl french-fries fried-shrimp glass-of-milk grapes green-apple green-salad
    hamburger honey-pot hot-beverage hot-dog hot-pepper ice-cream kiwi-fruit lemon lollipop meat-on-bone melon oden
    pancakes peach peanuts pear pineapple pizza popcorn pot-of-food potato poultry-leg red-apple rice-ball rice-cracker
    roasted-sweet-potato shallow-pan-of-food shaved-ice shortcake soft-ice-cream spaghetti steaming-bowl strawberry
    stuffed-flatbread sushi taco tangerine tomato tropical-drink watermelon`.split(/\s+/),
};

/** Numbers from [0, 1) that depend only on a name: a 32-bit linear walk, mixed (Steele, Lea, Flood 2014). */
function numbersOf(name) {
  let state = createHash("sha256").update(name).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The body of an emoji in one design and the side of its square, or undefined. */
export function findEmoji(set, name) {
  const icon = set.icons[name] ?? set.icons[set.aliases?.[name]?.parent];
  if (icon === undefined) return undefined;
  return { body: icon.body, width: icon.width ?? set.width ?? 16, height: icon.height ?? set.height ?? 16 };
}

/** One picture: the emoji at a random place, size and angle on a random background. */
export function pictureSvg(name, emoji) {
  const next = numbersOf(name);
  const between = (low, high) => low + (high - low) * next();
  const background = backgroundSvg(next, between);
  const side = pictureSize * between(0.5, 0.9);
  const scale = side / Math.max(emoji.width, emoji.height);
  const free = (pictureSize - side) / 2;
  const x = pictureSize / 2 + between(-free, free);
  const y = pictureSize / 2 + between(-free, free);
  const flip = next() < 0.5 ? -1 : 1;
  const place = `translate(${x} ${y}) rotate(${between(-20, 20)}) scale(${flip * scale} ${scale})`;
  const emojiPlace = `${place} translate(${-emoji.width / 2} ${-emoji.height / 2})`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${pictureSize}" height="${pictureSize}">${background}<g transform="${emojiPlace}">${emoji.body}</g></svg>`
  );
}

function backgroundSvg(next, between) {
  const color = () => `hsl(${between(0, 360)}, ${between(10, 70)}%, ${between(30, 92)}%)`;
  const fill = (paint) => `<rect width="100%" height="100%" fill="${paint}"/>`;
  const stops = () => `<stop offset="0" stop-color="${color()}"/><stop offset="1" stop-color="${color()}"/>`;
  const patterns = [
    () => fill(color()),
    () =>
      `<linearGradient id="sky" gradientTransform="rotate(${between(0, 90)})">${stops()}</linearGradient>${fill("url(#sky)")}`,
    () =>
      `<radialGradient id="sky" cx="${next()}" cy="${next()}">${stops()}</radialGradient>${fill("url(#sky)")}`,
    () => `${fill(color())}<rect y="${between(40, 80)}%" width="100%" height="100%" fill="${color()}"/>`,
    () => tiles(between, `<rect width="50%" height="100%" fill="${color()}"/>`, color()),
    () => tiles(between, `<circle cx="8" cy="8" r="5" fill="${color()}"/>`, color()),
  ];
  return patterns[Math.floor(next() * patterns.length)]();
}

/** A small motif repeated over the whole picture, scaled and turned. */
function tiles(between, motif, ground) {
  const turn = `rotate(${between(0, 180)}) scale(${between(0.6, 2.2)})`;
  return (
    `<pattern id="sky" width="16" height="16" patternUnits="userSpaceOnUse" patternTransform="${turn}">${motif}</pattern>` +
    `<rect width="100%" height="100%" fill="${ground}"/><rect width="100%" height="100%" fill="url(#sky)"/>`
  );
}
