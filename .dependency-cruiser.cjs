/** The floors of the house (docs/architecture.md): a folder of src/ imports only from folders above it in this list. */
const floors = [
  "base",
  "tensor",
  "formats",
  "fetching",
  "graph",
  "ops",
  "autodiff",
  "onnx",
  "engine",
  "passes",
  "layers",
  "losses",
  "metrics",
  "models",
  "modelFiles",
  "applications",
  "images",
  "augmentation",
  "data",
  "features",
  "optimizers",
  "heads",
  "training",
  "evaluation",
  "saving",
  "recipes",
  "keras",
  "cluster",
  "server",
  "cli",
];

/** Inside the largest floors too, each folder imports only from those before it in its list; files beside them from all. */
const rooms = {
  training: ["thread", "compiled", "samples", "features", "measuring", "graphs", "callbacks", "runs"],
  recipes: [
    "classifier",
    "request",
    "data",
    "features",
    "phases",
    "pretraining",
    "planning",
    "scoring",
    "verification",
    "pages",
    "review",
    "explanation",
    "comparison",
    "sweep",
  ],
};

/** Native modules and the generated protobuf code are each imported by exactly one floor. */
const only = (name, module, home) => ({
  name,
  severity: "error",
  comment: `${module} is imported only by ${home}`,
  from: { path: "^src/", pathNot: `^src/${home}` },
  to: { path: `node_modules/${module}/` },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    ...floors.map((floor, index) => ({
      name: `floor-${floor}`,
      severity: "error",
      comment: `src/${floor} may import only the floors above it`,
      from: { path: `^src/${floor}/` },
      to: {
        path: `^src/(${floors
          .slice(index + 1)
          .concat("index\\.ts")
          .join("|")})(/|$)`,
      },
    })),
    ...Object.entries(rooms).flatMap(([floor, names]) =>
      names.map((room, index) => ({
        name: `${floor}-${room}`,
        severity: "error",
        comment: `src/${floor}/${room} may import only the rooms before it`,
        from: { path: `^src/${floor}/${room}/`, pathNot: "\\.test\\.ts$" },
        to: { path: `^src/${floor}/(${[...names.slice(index + 1), "[^/]+\\.ts"].join("|")})(/|$)` },
      })),
    ),
    only("engine-only", "onnxruntime-node", "engine/"),
    only("decode-only", "sharp", "images/"),
    only("protobuf-only", "@bufbuild/protobuf", "onnx/"),
    only("commander-only", "commander", "cli/"),
    {
      name: "network-only",
      severity: "error",
      comment: "the network is reached only by fetching/ (as a client) and server/",
      from: { path: "^src/", pathNot: "^src/(fetching|server)/" },
      to: { path: "^(node:)?(http|https|http2|net|tls|dgram|dns)(/|$)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};
