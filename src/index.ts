/**
 * Transfer learning for images with Keras's names. Shapes are as users write them: pictures are
 * [batch, height, width, channels]; the engine's own order stays inside.
 *
 * @module
 */
export type { DecodedPrediction, DecodeOptions } from "./applications/decodePredictions.ts";
export type {
  ApplicationOptions,
  BaseOptions,
  CatalogueOptions,
  ConvNeXtOptions,
  EfficientNetV2Options,
  MobileNetOptions,
  MobileNetV2Options,
  MobileNetV3Options,
} from "./applications/index.ts";
export type { ModelFileOptions } from "./applications/modelFile.ts";
export type { FromOnnxOptions } from "./applications/onnx/fromOnnx.ts";
export type { Preprocessing } from "./applications/preprocessing.ts";
export { type ErrorCode, errorCodes, PermafrostError } from "./base/errors.ts";
export type { OnProgress, ProgressEvent, WorkOptions } from "./base/progress.ts";
export { Random } from "./base/random.ts";
export type { Dataset, Sample, Skipped, Split } from "./data/dataset.ts";
export { type OpenOptions, openDataset } from "./data/openDataset.ts";
export { type ScanOptions, scanDataset } from "./data/scan.ts";
export type { ScanReport } from "./data/scanReport.ts";
export { Engine, type EngineOptions } from "./engine/engine.ts";
export type { MultilabelScores } from "./evaluation/labelScores.ts";
export type { ClassificationScores } from "./evaluation/scores.ts";
export type { TaskScores } from "./evaluation/taskScores.ts";
export type { RegressionScores } from "./evaluation/valueScores.ts";
export { type ExtractionOptions, type ExtractionResult, extractFeatures } from "./features/extract.ts";
export { type ExportResult, exportFeatures } from "./features/maintenance/exportFeatures.ts";
export { type ImportResult, importFeatures } from "./features/maintenance/importFeatures.ts";
export { type GroupInfo, listStore, type StoreListing } from "./features/maintenance/listStore.ts";
export { mergePacks } from "./features/maintenance/mergePacks.ts";
export { type PruneRequest, type PruneResult, pruneStore } from "./features/maintenance/pruneStore.ts";
export { type StoreVerification, verifyStore } from "./features/maintenance/verifyStore.ts";
export { FeatureStore } from "./features/store.ts";
export type { FetchOptions } from "./fetching/settings.ts";
export { openWeights } from "./formats/openWeights.ts";
export type { TensorEntry, WeightFile, WeightFormat } from "./formats/weightFile.ts";
export * as activations from "./keras/activations.ts";
export { applications } from "./keras/applications.ts";
export type { BaseNetwork } from "./keras/baseNetwork.ts";
export * as callbacks from "./keras/callbacks.ts";
export {
  type ClassifierEvaluation,
  type ClassifierOptions,
  evaluateClassifier,
  fineTune,
  trainClassifier,
  type VerificationOptions,
  verifyTraining,
} from "./keras/classifier.ts";
export * as constraints from "./keras/constraints.ts";
export {
  type ArrayRateOptions,
  findLearningRate,
  type IteratorRateOptions,
} from "./keras/findLearningRate.ts";
export * as initializers from "./keras/initializers.ts";
export * as losses from "./keras/losses.ts";
export * as metrics from "./keras/metrics.ts";
export * as models from "./keras/models.ts";
export * as optimizers from "./keras/optimizers.ts";
export * as preprocessing from "./keras/preprocessing.ts";
export {
  type PretrainingHooks,
  type PretrainingOptions,
  type PretrainingResult,
  pretrain,
  trainFromNothing,
  trainJointly,
} from "./keras/pretrain.ts";
export * as regularizers from "./keras/regularizers.ts";
export * as layers from "./layers/index.ts";
export type { Layer, SymbolicTensor } from "./layers/layer.ts";
export type { Diagram, DiagramEdge, DiagramNode, DiagramState } from "./models/diagram/diagram.ts";
export { drawGraph, type GraphDrawing } from "./models/diagram/drawGraph.ts";
export type { DiagramOptions } from "./models/diagram/modelDiagram.ts";
export { operators } from "./ops/index.ts";
export type { EvaluationResult, JudgedPrediction, JudgedTarget } from "./recipes/evaluateClassifier.ts";
export {
  type Explanation,
  type ExplanationRequest,
  type ExplanationResult,
  explainImages,
} from "./recipes/explainImages.ts";
export { type BaseInfo, listBases } from "./recipes/listBases.ts";
export { type LoadedClassifier, loadClassifier } from "./recipes/loadClassifier.ts";
export {
  type LabelsPrediction,
  type Prediction,
  type PredictionRequest,
  type PredictionResult,
  predictImages,
  type TaskPrediction,
  type ValuesPrediction,
} from "./recipes/predictImages.ts";
export type { PhaseRecord, PhaseStart } from "./recipes/request/phaseRecord.ts";
export { type ReviewRequest, type ReviewResult, reviewImages } from "./recipes/reviewImages.ts";
export type { EpochLogs, TrainingHooks, TrainingResult } from "./recipes/trainClassifier.ts";
export {
  type CheckedWeights,
  type FetchedWeights,
  fetchWeights,
  importWeights,
  listWeights,
  verifyWeights,
  type WeightListing,
} from "./recipes/weightFiles.ts";
export type { Shape } from "./tensor/shape.ts";
export { type DType, float32, type Tensor, tensor } from "./tensor/tensor.ts";
export type { RateTestOptions, RateTestResult } from "./training/callbacks/rateTest.ts";
