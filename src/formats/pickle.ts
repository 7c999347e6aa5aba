import path from "node:path";
import { PermafrostError } from "../base/errors.ts";

/** The error for a pickle: why it is not read, and the command that makes a safetensors file of it. */
export function refusePickle(file: string): PermafrostError {
  const target = path.join(path.dirname(file), `${path.parse(file).name}.safetensors`);
  const command =
    `python -c "import sys, torch; from safetensors.torch import save_file; ` +
    `w = torch.load(sys.argv[1], map_location='cpu', weights_only=True); ` +
    `save_file({k: v.clone().contiguous() for k, v in w.items()}, sys.argv[2])" '${file}' '${target}'`;
  return new PermafrostError(
    "FORMAT_UNKNOWN",
    `${file}: a Python pickle (PyTorch's .pt, .pth or .bin). Reading one can run code that is in it, so it is not read here. Convert it:\n  ${command}`,
    { details: { path: file, command } },
  );
}
