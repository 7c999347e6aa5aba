import { poolHandlers } from "./poolHandlers.ts";
import { Runtime } from "./runtime.ts";
import { serve } from "./thread.ts";

serve(poolHandlers(Runtime.start()));
