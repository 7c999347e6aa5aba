import sharp from "sharp";

// Import this module only where a picture is decoded or encoded, by `await import`: loading sharp takes a tenth of a second.
// sharp's settings hold for the whole process, so they are made once, where the package enters the program.
// Decoded pictures are never asked for twice: a cache would only hold memory.
sharp.cache(false);
// Pictures are decoded side by side; more threads inside one would take cores from the others.
sharp.concurrency(1);
// An SVG can name other files and grow without bounds: not a format for data sets.
sharp.block({ operation: ["VipsForeignLoadSvg"] });

export { sharp };
