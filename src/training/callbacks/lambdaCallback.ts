import type { Callback } from "./callback.ts";

/**
 * Hooks as a callback (Keras's LambdaCallback). Any object with hooks is a callback by itself; this is for those who look for
 * the name.
 *
 * @example new callbacks.LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs["loss"]) })
 */
export const LambdaCallback: new (hooks: Callback) => Callback = class {
  constructor(hooks: Callback) {
    Object.assign(this, hooks);
  }
};
