/**
 * A classifier for your own photographs in a few lines: the same job as `permafrost train` and `permafrost predict`.
 *
 *   npm run example -- first-classifier <folder with one folder a class> <image> [bundle folder]
 */
import { predictImages, trainClassifier } from "permafrost";

const [data, image, out = "first-classifier.permafrost"] = process.argv.slice(2);
if (data === undefined || image === undefined)
  throw new Error("expected a folder of photographs and an image");

const trained = await trainClassifier({ data, out });
console.log(`${trained.classes.join(" or ")}? ${JSON.stringify(trained.metrics.validation?.accuracy)} right`);

const { predictions } = await predictImages({ bundle: out, images: [image] });
for (const { path, className, probability } of predictions) console.log(path, className, probability);
