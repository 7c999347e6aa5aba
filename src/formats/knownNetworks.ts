/**
 * Numbers of parameters of Keras's networks at their defaults, with the 1000-class top and without it (`count_params` of
 * Keras 3.15.1): a fingerprint that survives every format and every way of naming weights. Lists of networks take them from here, too,
 * as building one takes time. Held against the networks themselves
 * in src/applications/catalogue.test.ts, because formats know nothing of networks.
 */
export const knownNetworks: readonly {
  readonly name: string;
  /** Channels of the last map, without the top. */
  readonly features: number;
  readonly parameters: readonly [whole: number, withoutTop: number];
  /**
   * Parameters in the forms of torchvision and timm, running statistics counted (torchvision 0.29.2, ConvNeXt-XLarge and EfficientNetV2-B0 to B3: timm
   * 1.0.31). Held against the networks in test/applications/torch.test.ts. ConvNeXt without its top keeps the last normalization.
   */
  readonly torch?: readonly [whole: number, withoutTop: number];
}[] = [
  { name: "VGG16", features: 512, parameters: [138_357_544, 14_714_688], torch: [138_357_544, 14_714_688] },
  { name: "VGG19", features: 512, parameters: [143_667_240, 20_024_384], torch: [143_667_240, 20_024_384] },
  { name: "ResNet50", features: 2048, parameters: [25_636_712, 23_587_712], torch: [25_610_152, 23_561_152] },
  {
    name: "ResNet101",
    features: 2048,
    parameters: [44_707_176, 42_658_176],
    torch: [44_654_504, 42_605_504],
  },
  {
    name: "ResNet152",
    features: 2048,
    parameters: [60_419_944, 58_370_944],
    torch: [60_344_232, 58_295_232],
  },
  { name: "ResNet50V2", features: 2048, parameters: [25_613_800, 23_564_800] },
  { name: "ResNet101V2", features: 2048, parameters: [44_675_560, 42_626_560] },
  { name: "ResNet152V2", features: 2048, parameters: [60_380_648, 58_331_648] },
  { name: "MobileNet", features: 1024, parameters: [4_253_864, 3_228_864] },
  { name: "MobileNetV2", features: 1280, parameters: [3_538_984, 2_257_984], torch: [3_538_984, 2_257_984] },
  { name: "MobileNetV3Small", features: 576, parameters: [2_554_968, 939_120], torch: [2_554_968, 939_120] },
  {
    name: "MobileNetV3Large",
    features: 960,
    parameters: [5_507_432, 2_996_352],
    torch: [5_507_432, 2_996_352],
  },
  { name: "DenseNet121", features: 1024, parameters: [8_062_504, 7_037_504], torch: [8_062_504, 7_037_504] },
  {
    name: "DenseNet169",
    features: 1664,
    parameters: [14_307_880, 12_642_880],
    torch: [14_307_880, 12_642_880],
  },
  {
    name: "DenseNet201",
    features: 1920,
    parameters: [20_242_984, 18_321_984],
    torch: [20_242_984, 18_321_984],
  },
  { name: "InceptionResNetV2", features: 1536, parameters: [55_873_736, 54_336_736] },
  { name: "InceptionV3", features: 2048, parameters: [23_851_784, 21_802_784] },
  { name: "Xception", features: 2048, parameters: [22_910_480, 20_861_480] },
  {
    name: "EfficientNetB0",
    features: 1280,
    parameters: [5_330_571, 4_049_571],
    torch: [5_330_564, 4_049_564],
  },
  {
    name: "EfficientNetB1",
    features: 1280,
    parameters: [7_856_239, 6_575_239],
    torch: [7_856_232, 6_575_232],
  },
  {
    name: "EfficientNetB2",
    features: 1408,
    parameters: [9_177_569, 7_768_569],
    torch: [9_177_562, 7_768_562],
  },
  {
    name: "EfficientNetB3",
    features: 1536,
    parameters: [12_320_535, 10_783_535],
    torch: [12_320_528, 10_783_528],
  },
  {
    name: "EfficientNetB4",
    features: 1792,
    parameters: [19_466_823, 17_673_823],
    torch: [19_466_816, 17_673_816],
  },
  {
    name: "EfficientNetB5",
    features: 2048,
    parameters: [30_562_527, 28_513_527],
    torch: [30_562_520, 28_513_520],
  },
  {
    name: "EfficientNetB6",
    features: 2304,
    parameters: [43_265_143, 40_960_143],
    torch: [43_265_136, 40_960_136],
  },
  {
    name: "EfficientNetB7",
    features: 2560,
    parameters: [66_658_687, 64_097_687],
    torch: [66_658_680, 64_097_680],
  },
  {
    name: "EfficientNetV2B0",
    features: 1280,
    parameters: [7_200_312, 5_919_312],
    torch: [7_200_312, 5_919_312],
  },
  {
    name: "EfficientNetV2B1",
    features: 1280,
    parameters: [8_212_124, 6_931_124],
    torch: [8_212_124, 6_931_124],
  },
  {
    name: "EfficientNetV2B2",
    features: 1408,
    parameters: [10_178_374, 8_769_374],
    torch: [10_178_374, 8_769_374],
  },
  {
    name: "EfficientNetV2B3",
    features: 1536,
    parameters: [14_467_622, 12_930_622],
    torch: [14_467_622, 12_930_622],
  },
  {
    name: "EfficientNetV2S",
    features: 1280,
    parameters: [21_612_360, 20_331_360],
    torch: [21_612_360, 20_331_360],
  },
  {
    name: "EfficientNetV2M",
    features: 1280,
    parameters: [54_431_388, 53_150_388],
    torch: [54_431_388, 53_150_388],
  },
  {
    name: "EfficientNetV2L",
    features: 1280,
    parameters: [119_027_848, 117_746_848],
    torch: [119_027_848, 117_746_848],
  },
  {
    name: "ConvNeXtTiny",
    features: 768,
    parameters: [28_589_128, 27_820_128],
    torch: [28_589_128, 27_820_128],
  },
  {
    name: "ConvNeXtSmall",
    features: 768,
    parameters: [50_223_688, 49_454_688],
    torch: [50_223_688, 49_454_688],
  },
  {
    name: "ConvNeXtBase",
    features: 1024,
    parameters: [88_591_464, 87_566_464],
    torch: [88_591_464, 87_566_464],
  },
  {
    name: "ConvNeXtLarge",
    features: 1536,
    parameters: [197_767_336, 196_230_336],
    torch: [197_767_336, 196_230_336],
  },
  {
    name: "ConvNeXtXLarge",
    features: 2048,
    parameters: [350_196_968, 348_147_968],
    torch: [350_196_968, 348_147_968],
  },
  { name: "NASNetMobile", features: 1056, parameters: [5_326_716, 4_269_716] },
  { name: "NASNetLarge", features: 4032, parameters: [88_949_818, 84_916_818] },
];
