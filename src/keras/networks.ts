import { Model as PlainModel } from "../models/functional.ts";
import { Sequential as PlainSequential } from "../models/sequential.ts";
import { withTraining } from "./withTraining.ts";

/** A network of layers from inputs to outputs (Keras's functional `Model`). It is a layer itself. */
export class Model extends withTraining(PlainModel) {}

/** Layers one behind the other (Keras's `Sequential`). It is a layer itself. */
export class Sequential extends withTraining(PlainSequential) {}
