import { Runtime } from "../../engine/runtime.ts";
import { serve } from "../../engine/thread.ts";
import { trainHandlers } from "./trainHandlers.ts";

serve(trainHandlers(Runtime.start()));
