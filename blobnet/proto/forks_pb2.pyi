from blobnet.proto import shared_pb2 as _shared_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class APLParameter(_message.Message):
    __slots__ = ["offset_filler", "save_mem", "slope_filler", "sums"]
    OFFSET_FILLER_FIELD_NUMBER: _ClassVar[int]
    SAVE_MEM_FIELD_NUMBER: _ClassVar[int]
    SLOPE_FILLER_FIELD_NUMBER: _ClassVar[int]
    SUMS_FIELD_NUMBER: _ClassVar[int]
    offset_filler: _shared_pb2.FillerParameter
    save_mem: bool
    slope_filler: _shared_pb2.FillerParameter
    sums: int
    def __init__(self, sums: _Optional[int] = ..., slope_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., offset_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., save_mem: bool = ...) -> None: ...

class AUMaskBasedLandParameter(_message.Message):
    __slots__ = ["fill_coeff", "fill_type", "fill_value", "img_size", "spatial_ratio", "spatial_scale"]
    FILL_COEFF_FIELD_NUMBER: _ClassVar[int]
    FILL_TYPE_FIELD_NUMBER: _ClassVar[int]
    FILL_VALUE_FIELD_NUMBER: _ClassVar[int]
    IMG_SIZE_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_RATIO_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    fill_coeff: float
    fill_type: str
    fill_value: float
    img_size: int
    spatial_ratio: float
    spatial_scale: float
    def __init__(self, img_size: _Optional[int] = ..., spatial_ratio: _Optional[float] = ..., spatial_scale: _Optional[float] = ..., fill_type: _Optional[str] = ..., fill_coeff: _Optional[float] = ..., fill_value: _Optional[float] = ...) -> None: ...

class AccumParameter(_message.Message):
    __slots__ = ["have_reference", "size_divisible_by", "top_height", "top_width"]
    HAVE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    SIZE_DIVISIBLE_BY_FIELD_NUMBER: _ClassVar[int]
    TOP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TOP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    have_reference: bool
    size_divisible_by: int
    top_height: int
    top_width: int
    def __init__(self, top_height: _Optional[int] = ..., top_width: _Optional[int] = ..., size_divisible_by: _Optional[int] = ..., have_reference: bool = ...) -> None: ...

class AdaCosAddmScaleParameter(_message.Message):
    __slots__ = ["m", "num_classes", "transform_test"]
    M_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_TEST_FIELD_NUMBER: _ClassVar[int]
    m: float
    num_classes: float
    transform_test: bool
    def __init__(self, m: _Optional[float] = ..., num_classes: _Optional[float] = ..., transform_test: bool = ...) -> None: ...

class AdaptiveBiasChannelParameter(_message.Message):
    __slots__ = ["bg_portion", "fg_portion", "margin_others", "num_iter", "suppress_others"]
    BG_PORTION_FIELD_NUMBER: _ClassVar[int]
    FG_PORTION_FIELD_NUMBER: _ClassVar[int]
    MARGIN_OTHERS_FIELD_NUMBER: _ClassVar[int]
    NUM_ITER_FIELD_NUMBER: _ClassVar[int]
    SUPPRESS_OTHERS_FIELD_NUMBER: _ClassVar[int]
    bg_portion: float
    fg_portion: float
    margin_others: float
    num_iter: int
    suppress_others: bool
    def __init__(self, num_iter: _Optional[int] = ..., bg_portion: _Optional[float] = ..., fg_portion: _Optional[float] = ..., suppress_others: bool = ..., margin_others: _Optional[float] = ...) -> None: ...

class AffinityParameter(_message.Message):
    __slots__ = ["offset"]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    offset: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, offset: _Optional[_Iterable[int]] = ...) -> None: ...

class AnnotatedDataParameter(_message.Message):
    __slots__ = ["anno_type", "batch_sampler", "difficult_label_warmup", "label_map_file", "seg_resize_height", "seg_resize_width", "seg_scales", "single_class", "train_diffcult", "yolo_data_jitter", "yolo_data_type"]
    ANNO_TYPE_FIELD_NUMBER: _ClassVar[int]
    BATCH_SAMPLER_FIELD_NUMBER: _ClassVar[int]
    DIFFICULT_LABEL_WARMUP_FIELD_NUMBER: _ClassVar[int]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    SEG_RESIZE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    SEG_RESIZE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    SEG_SCALES_FIELD_NUMBER: _ClassVar[int]
    SINGLE_CLASS_FIELD_NUMBER: _ClassVar[int]
    TRAIN_DIFFCULT_FIELD_NUMBER: _ClassVar[int]
    YOLO_DATA_JITTER_FIELD_NUMBER: _ClassVar[int]
    YOLO_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    anno_type: AnnotatedDatum.AnnotationType
    batch_sampler: _containers.RepeatedCompositeFieldContainer[BatchSampler]
    difficult_label_warmup: bool
    label_map_file: str
    seg_resize_height: int
    seg_resize_width: int
    seg_scales: int
    single_class: bool
    train_diffcult: bool
    yolo_data_jitter: float
    yolo_data_type: int
    def __init__(self, batch_sampler: _Optional[_Iterable[_Union[BatchSampler, _Mapping]]] = ..., label_map_file: _Optional[str] = ..., anno_type: _Optional[_Union[AnnotatedDatum.AnnotationType, str]] = ..., yolo_data_type: _Optional[int] = ..., yolo_data_jitter: _Optional[float] = ..., train_diffcult: bool = ..., single_class: bool = ..., seg_scales: _Optional[int] = ..., seg_resize_width: _Optional[int] = ..., seg_resize_height: _Optional[int] = ..., difficult_label_warmup: bool = ...) -> None: ...

class AnnotatedDatum(_message.Message):
    __slots__ = ["annotation_group", "datum", "record_id", "type"]
    class AnnotationType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ANNOTATION_GROUP_FIELD_NUMBER: _ClassVar[int]
    BBOX: AnnotatedDatum.AnnotationType
    BBOXandSeg: AnnotatedDatum.AnnotationType
    DATUM_FIELD_NUMBER: _ClassVar[int]
    LANE: AnnotatedDatum.AnnotationType
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    annotation_group: _containers.RepeatedCompositeFieldContainer[AnnotationGroup]
    datum: _shared_pb2.Datum
    record_id: int
    type: AnnotatedDatum.AnnotationType
    def __init__(self, datum: _Optional[_Union[_shared_pb2.Datum, _Mapping]] = ..., type: _Optional[_Union[AnnotatedDatum.AnnotationType, str]] = ..., annotation_group: _Optional[_Iterable[_Union[AnnotationGroup, _Mapping]]] = ..., record_id: _Optional[int] = ...) -> None: ...

class Annotation(_message.Message):
    __slots__ = ["bbox", "instance_id", "lanes", "polygon", "rbox"]
    BBOX_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    POLYGON_FIELD_NUMBER: _ClassVar[int]
    RBOX_FIELD_NUMBER: _ClassVar[int]
    bbox: NormalizedBBox
    instance_id: int
    lanes: LaneInfo
    polygon: NormalizedPolygon
    rbox: NormalizedRBox
    def __init__(self, instance_id: _Optional[int] = ..., bbox: _Optional[_Union[NormalizedBBox, _Mapping]] = ..., rbox: _Optional[_Union[NormalizedRBox, _Mapping]] = ..., polygon: _Optional[_Union[NormalizedPolygon, _Mapping]] = ..., lanes: _Optional[_Union[LaneInfo, _Mapping]] = ...) -> None: ...

class AnnotationGroup(_message.Message):
    __slots__ = ["annotation", "group_label"]
    ANNOTATION_FIELD_NUMBER: _ClassVar[int]
    GROUP_LABEL_FIELD_NUMBER: _ClassVar[int]
    annotation: _containers.RepeatedCompositeFieldContainer[Annotation]
    group_label: int
    def __init__(self, group_label: _Optional[int] = ..., annotation: _Optional[_Iterable[_Union[Annotation, _Mapping]]] = ...) -> None: ...

class AttPoolingParameter(_message.Message):
    __slots__ = ["att_mode", "dilation", "kernel_size", "pad", "stride"]
    class AttMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ATT_MODE_FIELD_NUMBER: _ClassVar[int]
    DILATION_FIELD_NUMBER: _ClassVar[int]
    GLOBAL: AttPoolingParameter.AttMode
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    LOCAL: AttPoolingParameter.AttMode
    PAD_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    att_mode: AttPoolingParameter.AttMode
    dilation: int
    kernel_size: int
    pad: int
    stride: int
    def __init__(self, att_mode: _Optional[_Union[AttPoolingParameter.AttMode, str]] = ..., pad: _Optional[int] = ..., kernel_size: _Optional[int] = ..., stride: _Optional[int] = ..., dilation: _Optional[int] = ...) -> None: ...

class AugmentationParameter(_message.Message):
    __slots__ = ["augment_during_test", "bottomheight", "bottomwidth", "brightness", "chromatic_eigvec", "col_add", "col_mult", "col_pow", "col_rotate", "color", "contrast", "crop_height", "crop_width", "fog_amount", "fog_size", "gamma", "ladd_add", "ladd_mult", "ladd_pow", "lmult_add", "lmult_mult", "lmult_pow", "max_multiplier", "mean", "mean_per_pixel", "mirror", "mode", "motion_blur_angle", "motion_blur_size", "noise", "num", "recompute_mean", "rotate", "sat_add", "sat_mult", "sat_pow", "shadow_angle", "shadow_distance", "shadow_strength", "squeeze", "translate", "translate_x", "translate_y", "write_augmented", "write_mean", "zoom"]
    AUGMENT_DURING_TEST_FIELD_NUMBER: _ClassVar[int]
    BOTTOMHEIGHT_FIELD_NUMBER: _ClassVar[int]
    BOTTOMWIDTH_FIELD_NUMBER: _ClassVar[int]
    BRIGHTNESS_FIELD_NUMBER: _ClassVar[int]
    CHROMATIC_EIGVEC_FIELD_NUMBER: _ClassVar[int]
    COLOR_FIELD_NUMBER: _ClassVar[int]
    COL_ADD_FIELD_NUMBER: _ClassVar[int]
    COL_MULT_FIELD_NUMBER: _ClassVar[int]
    COL_POW_FIELD_NUMBER: _ClassVar[int]
    COL_ROTATE_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_FIELD_NUMBER: _ClassVar[int]
    CROP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CROP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    FOG_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FOG_SIZE_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    LADD_ADD_FIELD_NUMBER: _ClassVar[int]
    LADD_MULT_FIELD_NUMBER: _ClassVar[int]
    LADD_POW_FIELD_NUMBER: _ClassVar[int]
    LMULT_ADD_FIELD_NUMBER: _ClassVar[int]
    LMULT_MULT_FIELD_NUMBER: _ClassVar[int]
    LMULT_POW_FIELD_NUMBER: _ClassVar[int]
    MAX_MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    MEAN_PER_PIXEL_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    MOTION_BLUR_ANGLE_FIELD_NUMBER: _ClassVar[int]
    MOTION_BLUR_SIZE_FIELD_NUMBER: _ClassVar[int]
    NOISE_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    RECOMPUTE_MEAN_FIELD_NUMBER: _ClassVar[int]
    ROTATE_FIELD_NUMBER: _ClassVar[int]
    SAT_ADD_FIELD_NUMBER: _ClassVar[int]
    SAT_MULT_FIELD_NUMBER: _ClassVar[int]
    SAT_POW_FIELD_NUMBER: _ClassVar[int]
    SHADOW_ANGLE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_DISTANCE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_STRENGTH_FIELD_NUMBER: _ClassVar[int]
    SQUEEZE_FIELD_NUMBER: _ClassVar[int]
    TRANSLATE_FIELD_NUMBER: _ClassVar[int]
    TRANSLATE_X_FIELD_NUMBER: _ClassVar[int]
    TRANSLATE_Y_FIELD_NUMBER: _ClassVar[int]
    WRITE_AUGMENTED_FIELD_NUMBER: _ClassVar[int]
    WRITE_MEAN_FIELD_NUMBER: _ClassVar[int]
    ZOOM_FIELD_NUMBER: _ClassVar[int]
    augment_during_test: bool
    bottomheight: int
    bottomwidth: int
    brightness: RandomGeneratorParameter
    chromatic_eigvec: _containers.RepeatedScalarFieldContainer[float]
    col_add: RandomGeneratorParameter
    col_mult: RandomGeneratorParameter
    col_pow: RandomGeneratorParameter
    col_rotate: RandomGeneratorParameter
    color: RandomGeneratorParameter
    contrast: RandomGeneratorParameter
    crop_height: int
    crop_width: int
    fog_amount: RandomGeneratorParameter
    fog_size: RandomGeneratorParameter
    gamma: RandomGeneratorParameter
    ladd_add: RandomGeneratorParameter
    ladd_mult: RandomGeneratorParameter
    ladd_pow: RandomGeneratorParameter
    lmult_add: RandomGeneratorParameter
    lmult_mult: RandomGeneratorParameter
    lmult_pow: RandomGeneratorParameter
    max_multiplier: float
    mean: _containers.RepeatedScalarFieldContainer[float]
    mean_per_pixel: bool
    mirror: RandomGeneratorParameter
    mode: str
    motion_blur_angle: RandomGeneratorParameter
    motion_blur_size: RandomGeneratorParameter
    noise: RandomGeneratorParameter
    num: int
    recompute_mean: int
    rotate: RandomGeneratorParameter
    sat_add: RandomGeneratorParameter
    sat_mult: RandomGeneratorParameter
    sat_pow: RandomGeneratorParameter
    shadow_angle: RandomGeneratorParameter
    shadow_distance: RandomGeneratorParameter
    shadow_strength: RandomGeneratorParameter
    squeeze: RandomGeneratorParameter
    translate: RandomGeneratorParameter
    translate_x: RandomGeneratorParameter
    translate_y: RandomGeneratorParameter
    write_augmented: str
    write_mean: str
    zoom: RandomGeneratorParameter
    def __init__(self, write_augmented: _Optional[str] = ..., max_multiplier: _Optional[float] = ..., augment_during_test: bool = ..., recompute_mean: _Optional[int] = ..., write_mean: _Optional[str] = ..., mean_per_pixel: bool = ..., mode: _Optional[str] = ..., mirror: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., translate: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., rotate: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., zoom: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., squeeze: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., translate_x: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., translate_y: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., mean: _Optional[_Iterable[float]] = ..., lmult_pow: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., lmult_mult: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., lmult_add: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., sat_pow: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., sat_mult: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., sat_add: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., col_pow: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., col_mult: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., col_add: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., ladd_pow: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., ladd_mult: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., ladd_add: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., col_rotate: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., crop_width: _Optional[int] = ..., crop_height: _Optional[int] = ..., gamma: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., brightness: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., contrast: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., color: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., bottomwidth: _Optional[int] = ..., bottomheight: _Optional[int] = ..., num: _Optional[int] = ..., chromatic_eigvec: _Optional[_Iterable[float]] = ..., fog_amount: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., fog_size: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., motion_blur_angle: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., motion_blur_size: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., shadow_angle: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., shadow_distance: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., shadow_strength: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., noise: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ...) -> None: ...

class BBoxRegParameter(_message.Message):
    __slots__ = ["bbox_mean", "bbox_std", "cls_aware"]
    BBOX_MEAN_FIELD_NUMBER: _ClassVar[int]
    BBOX_STD_FIELD_NUMBER: _ClassVar[int]
    CLS_AWARE_FIELD_NUMBER: _ClassVar[int]
    bbox_mean: _containers.RepeatedScalarFieldContainer[float]
    bbox_std: _containers.RepeatedScalarFieldContainer[float]
    cls_aware: bool
    def __init__(self, bbox_mean: _Optional[_Iterable[float]] = ..., bbox_std: _Optional[_Iterable[float]] = ..., cls_aware: bool = ...) -> None: ...

class BNHKParameter(_message.Message):
    __slots__ = ["bias_filler", "engine", "eps", "frozen", "momentum", "slope_filler"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    CAFFE: BNHKParameter.Engine
    CUDNN: BNHKParameter.Engine
    DEFAULT: BNHKParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    SLOPE_FILLER_FIELD_NUMBER: _ClassVar[int]
    bias_filler: _shared_pb2.FillerParameter
    engine: BNHKParameter.Engine
    eps: float
    frozen: bool
    momentum: float
    slope_filler: _shared_pb2.FillerParameter
    def __init__(self, slope_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., momentum: _Optional[float] = ..., eps: _Optional[float] = ..., frozen: bool = ..., engine: _Optional[_Union[BNHKParameter.Engine, str]] = ...) -> None: ...

class BNParameter(_message.Message):
    __slots__ = ["across_spatial", "bias_filler", "bn_mode", "decay", "engine", "eps", "frozen", "icnet", "momentum", "moving_average", "scale_filler", "shift_filler", "slope_filler", "var_eps"]
    class BNMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ACROSS_SPATIAL_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BN_MODE_FIELD_NUMBER: _ClassVar[int]
    CAFFE: BNParameter.Engine
    CUDNN: BNParameter.Engine
    DECAY_FIELD_NUMBER: _ClassVar[int]
    DEFAULT: BNParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    ICNET_FIELD_NUMBER: _ClassVar[int]
    INFERENCE: BNParameter.BNMode
    LEARN: BNParameter.BNMode
    MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    MOVING_AVERAGE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FILLER_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FILLER_FIELD_NUMBER: _ClassVar[int]
    SLOPE_FILLER_FIELD_NUMBER: _ClassVar[int]
    VAR_EPS_FIELD_NUMBER: _ClassVar[int]
    across_spatial: bool
    bias_filler: _shared_pb2.FillerParameter
    bn_mode: BNParameter.BNMode
    decay: float
    engine: BNParameter.Engine
    eps: float
    frozen: bool
    icnet: bool
    momentum: float
    moving_average: bool
    scale_filler: _shared_pb2.FillerParameter
    shift_filler: _shared_pb2.FillerParameter
    slope_filler: _shared_pb2.FillerParameter
    var_eps: float
    def __init__(self, scale_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., shift_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bn_mode: _Optional[_Union[BNParameter.BNMode, str]] = ..., eps: _Optional[float] = ..., frozen: bool = ..., engine: _Optional[_Union[BNParameter.Engine, str]] = ..., slope_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., momentum: _Optional[float] = ..., var_eps: _Optional[float] = ..., moving_average: bool = ..., decay: _Optional[float] = ..., across_spatial: bool = ..., icnet: bool = ...) -> None: ...

class BatchContrastiveParameter(_message.Message):
    __slots__ = ["max_only", "negative_margin", "negative_weight", "positive_margin", "positive_weight"]
    MAX_ONLY_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    max_only: bool
    negative_margin: float
    negative_weight: float
    positive_margin: float
    positive_weight: float
    def __init__(self, positive_margin: _Optional[float] = ..., negative_margin: _Optional[float] = ..., positive_weight: _Optional[float] = ..., negative_weight: _Optional[float] = ..., max_only: bool = ...) -> None: ...

class BatchReductionParameter(_message.Message):
    __slots__ = ["level", "pos", "reduction_param"]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    POS_FIELD_NUMBER: _ClassVar[int]
    REDUCTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    level: _containers.RepeatedScalarFieldContainer[int]
    pos: bool
    reduction_param: _shared_pb2.ReductionParameter
    def __init__(self, level: _Optional[_Iterable[int]] = ..., reduction_param: _Optional[_Union[_shared_pb2.ReductionParameter, _Mapping]] = ..., pos: bool = ...) -> None: ...

class BatchSampler(_message.Message):
    __slots__ = ["max_sample", "max_trials", "sample_constraint", "sampler", "use_original_image"]
    MAX_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    MAX_TRIALS_FIELD_NUMBER: _ClassVar[int]
    SAMPLER_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_CONSTRAINT_FIELD_NUMBER: _ClassVar[int]
    USE_ORIGINAL_IMAGE_FIELD_NUMBER: _ClassVar[int]
    max_sample: int
    max_trials: int
    sample_constraint: SampleConstraint
    sampler: Sampler
    use_original_image: bool
    def __init__(self, use_original_image: bool = ..., sampler: _Optional[_Union[Sampler, _Mapping]] = ..., sample_constraint: _Optional[_Union[SampleConstraint, _Mapping]] = ..., max_sample: _Optional[int] = ..., max_trials: _Optional[int] = ...) -> None: ...

class BatchToSpaceNDParameter(_message.Message):
    __slots__ = ["block_shape", "crops"]
    BLOCK_SHAPE_FIELD_NUMBER: _ClassVar[int]
    CROPS_FIELD_NUMBER: _ClassVar[int]
    block_shape: _containers.RepeatedScalarFieldContainer[int]
    crops: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, block_shape: _Optional[_Iterable[int]] = ..., crops: _Optional[_Iterable[int]] = ...) -> None: ...

class BiasChannelParameter(_message.Message):
    __slots__ = ["background_label", "bg_bias", "fg_bias", "ignore_label", "label_type"]
    class LabelType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BACKGROUND_LABEL_FIELD_NUMBER: _ClassVar[int]
    BG_BIAS_FIELD_NUMBER: _ClassVar[int]
    FG_BIAS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    IMAGE: BiasChannelParameter.LabelType
    LABEL_TYPE_FIELD_NUMBER: _ClassVar[int]
    PIXEL: BiasChannelParameter.LabelType
    background_label: int
    bg_bias: float
    fg_bias: float
    ignore_label: _containers.RepeatedScalarFieldContainer[int]
    label_type: BiasChannelParameter.LabelType
    def __init__(self, bg_bias: _Optional[float] = ..., fg_bias: _Optional[float] = ..., ignore_label: _Optional[_Iterable[int]] = ..., label_type: _Optional[_Union[BiasChannelParameter.LabelType, str]] = ..., background_label: _Optional[int] = ...) -> None: ...

class BilinearInterpolationParameter(_message.Message):
    __slots__ = ["interpolation_factor"]
    INTERPOLATION_FACTOR_FIELD_NUMBER: _ClassVar[int]
    interpolation_factor: int
    def __init__(self, interpolation_factor: _Optional[int] = ...) -> None: ...

class BinaryConvolutionParameter(_message.Message):
    __slots__ = ["use_alpha", "use_binarization"]
    USE_ALPHA_FIELD_NUMBER: _ClassVar[int]
    USE_BINARIZATION_FIELD_NUMBER: _ClassVar[int]
    use_alpha: bool
    use_binarization: bool
    def __init__(self, use_alpha: bool = ..., use_binarization: bool = ...) -> None: ...

class BinaryInnerProductParameter(_message.Message):
    __slots__ = ["use_alpha", "use_binarization"]
    USE_ALPHA_FIELD_NUMBER: _ClassVar[int]
    USE_BINARIZATION_FIELD_NUMBER: _ClassVar[int]
    use_alpha: bool
    use_binarization: bool
    def __init__(self, use_alpha: bool = ..., use_binarization: bool = ...) -> None: ...

class BlackAugmentationParameter(_message.Message):
    __slots__ = ["black", "border"]
    BLACK_FIELD_NUMBER: _ClassVar[int]
    BORDER_FIELD_NUMBER: _ClassVar[int]
    black: RandomGeneratorParameter
    border: RandomGeneratorParameter
    def __init__(self, black: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ..., border: _Optional[_Union[RandomGeneratorParameter, _Mapping]] = ...) -> None: ...

class BoxAnnotatorOHEMParameter(_message.Message):
    __slots__ = ["ignore_label", "roi_per_img"]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    ROI_PER_IMG_FIELD_NUMBER: _ClassVar[int]
    ignore_label: int
    roi_per_img: int
    def __init__(self, roi_per_img: _Optional[int] = ..., ignore_label: _Optional[int] = ...) -> None: ...

class BoxGroupOutputParameter(_message.Message):
    __slots__ = ["box_group_param", "fg_thr", "field_whr", "field_xyr", "iou_thr", "max_nms_num", "max_post_nms_num", "min_size", "nms_type"]
    BOX_GROUP_PARAM_FIELD_NUMBER: _ClassVar[int]
    FG_THR_FIELD_NUMBER: _ClassVar[int]
    FIELD_WHR_FIELD_NUMBER: _ClassVar[int]
    FIELD_XYR_FIELD_NUMBER: _ClassVar[int]
    IOU_THR_FIELD_NUMBER: _ClassVar[int]
    MAX_NMS_NUM_FIELD_NUMBER: _ClassVar[int]
    MAX_POST_NMS_NUM_FIELD_NUMBER: _ClassVar[int]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    NMS_TYPE_FIELD_NUMBER: _ClassVar[int]
    box_group_param: _containers.RepeatedCompositeFieldContainer[BoxGroupParameter]
    fg_thr: float
    field_whr: float
    field_xyr: float
    iou_thr: float
    max_nms_num: int
    max_post_nms_num: int
    min_size: float
    nms_type: str
    def __init__(self, fg_thr: _Optional[float] = ..., iou_thr: _Optional[float] = ..., nms_type: _Optional[str] = ..., box_group_param: _Optional[_Iterable[_Union[BoxGroupParameter, _Mapping]]] = ..., field_whr: _Optional[float] = ..., field_xyr: _Optional[float] = ..., max_nms_num: _Optional[int] = ..., max_post_nms_num: _Optional[int] = ..., min_size: _Optional[float] = ...) -> None: ...

class BoxGroupParameter(_message.Message):
    __slots__ = ["field_h", "field_w", "stride"]
    FIELD_H_FIELD_NUMBER: _ClassVar[int]
    FIELD_W_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    field_h: _containers.RepeatedScalarFieldContainer[int]
    field_w: _containers.RepeatedScalarFieldContainer[int]
    stride: int
    def __init__(self, field_h: _Optional[_Iterable[int]] = ..., field_w: _Optional[_Iterable[int]] = ..., stride: _Optional[int] = ...) -> None: ...

class BoxOutputParameter(_message.Message):
    __slots__ = ["downsample_rate", "fg_thr", "field_h", "field_w", "field_whr", "field_xyr", "iou_thr", "max_nms_num", "max_post_nms_num", "min_size", "nms_type"]
    DOWNSAMPLE_RATE_FIELD_NUMBER: _ClassVar[int]
    FG_THR_FIELD_NUMBER: _ClassVar[int]
    FIELD_H_FIELD_NUMBER: _ClassVar[int]
    FIELD_WHR_FIELD_NUMBER: _ClassVar[int]
    FIELD_W_FIELD_NUMBER: _ClassVar[int]
    FIELD_XYR_FIELD_NUMBER: _ClassVar[int]
    IOU_THR_FIELD_NUMBER: _ClassVar[int]
    MAX_NMS_NUM_FIELD_NUMBER: _ClassVar[int]
    MAX_POST_NMS_NUM_FIELD_NUMBER: _ClassVar[int]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    NMS_TYPE_FIELD_NUMBER: _ClassVar[int]
    downsample_rate: _containers.RepeatedScalarFieldContainer[int]
    fg_thr: float
    field_h: _containers.RepeatedScalarFieldContainer[int]
    field_w: _containers.RepeatedScalarFieldContainer[int]
    field_whr: float
    field_xyr: float
    iou_thr: float
    max_nms_num: int
    max_post_nms_num: int
    min_size: float
    nms_type: str
    def __init__(self, fg_thr: _Optional[float] = ..., iou_thr: _Optional[float] = ..., nms_type: _Optional[str] = ..., field_h: _Optional[_Iterable[int]] = ..., field_w: _Optional[_Iterable[int]] = ..., downsample_rate: _Optional[_Iterable[int]] = ..., field_whr: _Optional[float] = ..., field_xyr: _Optional[float] = ..., max_nms_num: _Optional[int] = ..., max_post_nms_num: _Optional[int] = ..., min_size: _Optional[float] = ...) -> None: ...

class CPMTransformationParameter(_message.Message):
    __slots__ = ["aug_way", "bbox_norm_factor", "center_perterb_max", "clahe_clip_limit", "clahe_tile_size", "coverage", "crop_size", "crop_size_x", "crop_size_y", "do_clahe", "flip_prob", "force_color", "force_gray", "gray", "img_header", "max_cvg_len", "max_rotate_degree", "mean_file", "mean_value", "min_cvg_len", "mirror", "np_in_lmdb", "num_parts", "num_total_augs", "opaque_coverage", "scale", "scale_cvg", "scale_max", "scale_min", "scale_prob", "sigma", "sigma_center", "stride", "target_dist", "transform_body_joint", "visualize"]
    AUG_WAY_FIELD_NUMBER: _ClassVar[int]
    BBOX_NORM_FACTOR_FIELD_NUMBER: _ClassVar[int]
    CENTER_PERTERB_MAX_FIELD_NUMBER: _ClassVar[int]
    CLAHE_CLIP_LIMIT_FIELD_NUMBER: _ClassVar[int]
    CLAHE_TILE_SIZE_FIELD_NUMBER: _ClassVar[int]
    COVERAGE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_X_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_Y_FIELD_NUMBER: _ClassVar[int]
    DO_CLAHE_FIELD_NUMBER: _ClassVar[int]
    FLIP_PROB_FIELD_NUMBER: _ClassVar[int]
    FORCE_COLOR_FIELD_NUMBER: _ClassVar[int]
    FORCE_GRAY_FIELD_NUMBER: _ClassVar[int]
    GRAY_FIELD_NUMBER: _ClassVar[int]
    IMG_HEADER_FIELD_NUMBER: _ClassVar[int]
    MAX_CVG_LEN_FIELD_NUMBER: _ClassVar[int]
    MAX_ROTATE_DEGREE_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MEAN_VALUE_FIELD_NUMBER: _ClassVar[int]
    MIN_CVG_LEN_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    NP_IN_LMDB_FIELD_NUMBER: _ClassVar[int]
    NUM_PARTS_FIELD_NUMBER: _ClassVar[int]
    NUM_TOTAL_AUGS_FIELD_NUMBER: _ClassVar[int]
    OPAQUE_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    SCALE_CVG_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    SCALE_MIN_FIELD_NUMBER: _ClassVar[int]
    SCALE_PROB_FIELD_NUMBER: _ClassVar[int]
    SIGMA_CENTER_FIELD_NUMBER: _ClassVar[int]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    TARGET_DIST_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_BODY_JOINT_FIELD_NUMBER: _ClassVar[int]
    VISUALIZE_FIELD_NUMBER: _ClassVar[int]
    aug_way: str
    bbox_norm_factor: float
    center_perterb_max: float
    clahe_clip_limit: float
    clahe_tile_size: float
    coverage: str
    crop_size: int
    crop_size_x: int
    crop_size_y: int
    do_clahe: bool
    flip_prob: float
    force_color: bool
    force_gray: bool
    gray: int
    img_header: str
    max_cvg_len: int
    max_rotate_degree: float
    mean_file: str
    mean_value: _containers.RepeatedScalarFieldContainer[float]
    min_cvg_len: int
    mirror: bool
    np_in_lmdb: int
    num_parts: int
    num_total_augs: int
    opaque_coverage: bool
    scale: float
    scale_cvg: float
    scale_max: float
    scale_min: float
    scale_prob: float
    sigma: float
    sigma_center: float
    stride: int
    target_dist: float
    transform_body_joint: bool
    visualize: bool
    def __init__(self, scale: _Optional[float] = ..., mirror: bool = ..., crop_size: _Optional[int] = ..., mean_file: _Optional[str] = ..., mean_value: _Optional[_Iterable[float]] = ..., stride: _Optional[int] = ..., scale_cvg: _Optional[float] = ..., max_cvg_len: _Optional[int] = ..., min_cvg_len: _Optional[int] = ..., opaque_coverage: bool = ..., coverage: _Optional[str] = ..., flip_prob: _Optional[float] = ..., max_rotate_degree: _Optional[float] = ..., visualize: bool = ..., crop_size_x: _Optional[int] = ..., crop_size_y: _Optional[int] = ..., scale_prob: _Optional[float] = ..., scale_min: _Optional[float] = ..., scale_max: _Optional[float] = ..., bbox_norm_factor: _Optional[float] = ..., img_header: _Optional[str] = ..., force_color: bool = ..., force_gray: bool = ..., target_dist: _Optional[float] = ..., center_perterb_max: _Optional[float] = ..., sigma: _Optional[float] = ..., sigma_center: _Optional[float] = ..., clahe_tile_size: _Optional[float] = ..., clahe_clip_limit: _Optional[float] = ..., do_clahe: bool = ..., num_parts: _Optional[int] = ..., num_total_augs: _Optional[int] = ..., aug_way: _Optional[str] = ..., gray: _Optional[int] = ..., np_in_lmdb: _Optional[int] = ..., transform_body_joint: bool = ...) -> None: ...

class CTCDecoderParameter(_message.Message):
    __slots__ = ["blank_index", "ctc_merge_repeated"]
    BLANK_INDEX_FIELD_NUMBER: _ClassVar[int]
    CTC_MERGE_REPEATED_FIELD_NUMBER: _ClassVar[int]
    blank_index: int
    ctc_merge_repeated: bool
    def __init__(self, blank_index: _Optional[int] = ..., ctc_merge_repeated: bool = ...) -> None: ...

class CTCLossParameter(_message.Message):
    __slots__ = ["alphabet_size", "blank_index", "blank_label", "ctc_merge_repeated", "loss_calculation_t", "output_delay", "preprocess_collapse_repeated", "time_step"]
    ALPHABET_SIZE_FIELD_NUMBER: _ClassVar[int]
    BLANK_INDEX_FIELD_NUMBER: _ClassVar[int]
    BLANK_LABEL_FIELD_NUMBER: _ClassVar[int]
    CTC_MERGE_REPEATED_FIELD_NUMBER: _ClassVar[int]
    LOSS_CALCULATION_T_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DELAY_FIELD_NUMBER: _ClassVar[int]
    PREPROCESS_COLLAPSE_REPEATED_FIELD_NUMBER: _ClassVar[int]
    TIME_STEP_FIELD_NUMBER: _ClassVar[int]
    alphabet_size: int
    blank_index: int
    blank_label: int
    ctc_merge_repeated: bool
    loss_calculation_t: int
    output_delay: int
    preprocess_collapse_repeated: bool
    time_step: int
    def __init__(self, output_delay: _Optional[int] = ..., blank_index: _Optional[int] = ..., preprocess_collapse_repeated: bool = ..., ctc_merge_repeated: bool = ..., loss_calculation_t: _Optional[int] = ..., alphabet_size: _Optional[int] = ..., time_step: _Optional[int] = ..., blank_label: _Optional[int] = ...) -> None: ...

class CensorLabelParameter(_message.Message):
    __slots__ = ["ignore_label"]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    ignore_label: int
    def __init__(self, ignore_label: _Optional[int] = ...) -> None: ...

class CenterLossParameter(_message.Message):
    __slots__ = ["axis", "center_filler", "distance_type", "num_output"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    CENTER_FILLER_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    axis: int
    center_filler: _shared_pb2.FillerParameter
    distance_type: str
    num_output: int
    def __init__(self, num_output: _Optional[int] = ..., center_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., axis: _Optional[int] = ..., distance_type: _Optional[str] = ...) -> None: ...

class ChannelAggregatorParameter(_message.Message):
    __slots__ = ["label_map_file"]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    label_map_file: str
    def __init__(self, label_map_file: _Optional[str] = ...) -> None: ...

class ChannelScaleParameter(_message.Message):
    __slots__ = ["do_backward_feature", "do_backward_scale", "do_forward", "global_scale", "init_global_scale", "max_global_scale", "min_global_scale"]
    DO_BACKWARD_FEATURE_FIELD_NUMBER: _ClassVar[int]
    DO_BACKWARD_SCALE_FIELD_NUMBER: _ClassVar[int]
    DO_FORWARD_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    INIT_GLOBAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    MAX_GLOBAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    MIN_GLOBAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    do_backward_feature: bool
    do_backward_scale: bool
    do_forward: bool
    global_scale: bool
    init_global_scale: float
    max_global_scale: float
    min_global_scale: float
    def __init__(self, do_forward: bool = ..., do_backward_feature: bool = ..., do_backward_scale: bool = ..., global_scale: bool = ..., max_global_scale: _Optional[float] = ..., min_global_scale: _Optional[float] = ..., init_global_scale: _Optional[float] = ...) -> None: ...

class CharbonnierLossParameter(_message.Message):
    __slots__ = ["alpha", "beta", "epsilon"]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    EPSILON_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    beta: float
    epsilon: float
    def __init__(self, alpha: _Optional[float] = ..., epsilon: _Optional[float] = ..., beta: _Optional[float] = ...) -> None: ...

class CoeffScheduleParameter(_message.Message):
    __slots__ = ["final_coeff", "half_life", "initial_coeff"]
    FINAL_COEFF_FIELD_NUMBER: _ClassVar[int]
    HALF_LIFE_FIELD_NUMBER: _ClassVar[int]
    INITIAL_COEFF_FIELD_NUMBER: _ClassVar[int]
    final_coeff: float
    half_life: float
    initial_coeff: float
    def __init__(self, half_life: _Optional[float] = ..., initial_coeff: _Optional[float] = ..., final_coeff: _Optional[float] = ...) -> None: ...

class ColorConvParameter(_message.Message):
    __slots__ = ["input", "output"]
    class ColorSpace(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BGR: ColorConvParameter.ColorSpace
    Gray: ColorConvParameter.ColorSpace
    INPUT_FIELD_NUMBER: _ClassVar[int]
    Lab: ColorConvParameter.ColorSpace
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    RGB: ColorConvParameter.ColorSpace
    XYZ: ColorConvParameter.ColorSpace
    input: ColorConvParameter.ColorSpace
    output: ColorConvParameter.ColorSpace
    def __init__(self, input: _Optional[_Union[ColorConvParameter.ColorSpace, str]] = ..., output: _Optional[_Union[ColorConvParameter.ColorSpace, str]] = ...) -> None: ...

class CombinationParameter(_message.Message):
    __slots__ = ["xcoord", "ycoord"]
    XCOORD_FIELD_NUMBER: _ClassVar[int]
    YCOORD_FIELD_NUMBER: _ClassVar[int]
    xcoord: _containers.RepeatedScalarFieldContainer[int]
    ycoord: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, xcoord: _Optional[_Iterable[int]] = ..., ycoord: _Optional[_Iterable[int]] = ...) -> None: ...

class CombinedMarginParameter(_message.Message):
    __slots__ = ["m1", "m2", "m3", "transform_test"]
    M1_FIELD_NUMBER: _ClassVar[int]
    M2_FIELD_NUMBER: _ClassVar[int]
    M3_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_TEST_FIELD_NUMBER: _ClassVar[int]
    m1: float
    m2: float
    m3: float
    transform_test: bool
    def __init__(self, m1: _Optional[float] = ..., m2: _Optional[float] = ..., m3: _Optional[float] = ..., transform_test: bool = ...) -> None: ...

class CompactBilinearParameter(_message.Message):
    __slots__ = ["num_output", "sum_pool"]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    SUM_POOL_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    sum_pool: bool
    def __init__(self, num_output: _Optional[int] = ..., sum_pool: bool = ...) -> None: ...

class CompileNetState(_message.Message):
    __slots__ = ["bn_scale_merge", "bn_scale_remove", "is_init", "kept_bn_layers", "negative_conv_indexes", "negative_conv_names"]
    BN_SCALE_MERGE_FIELD_NUMBER: _ClassVar[int]
    BN_SCALE_REMOVE_FIELD_NUMBER: _ClassVar[int]
    IS_INIT_FIELD_NUMBER: _ClassVar[int]
    KEPT_BN_LAYERS_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_CONV_INDEXES_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_CONV_NAMES_FIELD_NUMBER: _ClassVar[int]
    bn_scale_merge: bool
    bn_scale_remove: bool
    is_init: bool
    kept_bn_layers: _containers.RepeatedScalarFieldContainer[str]
    negative_conv_indexes: _containers.RepeatedScalarFieldContainer[int]
    negative_conv_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, is_init: bool = ..., bn_scale_remove: bool = ..., bn_scale_merge: bool = ..., kept_bn_layers: _Optional[_Iterable[str]] = ..., negative_conv_names: _Optional[_Iterable[str]] = ..., negative_conv_indexes: _Optional[_Iterable[int]] = ...) -> None: ...

class ConfidencePenaltyLossParameter(_message.Message):
    __slots__ = ["beta"]
    BETA_FIELD_NUMBER: _ClassVar[int]
    beta: float
    def __init__(self, beta: _Optional[float] = ...) -> None: ...

class ContinuationIndicatorParameter(_message.Message):
    __slots__ = ["axis", "batch_size", "time_step"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    TIME_STEP_FIELD_NUMBER: _ClassVar[int]
    axis: int
    batch_size: int
    time_step: int
    def __init__(self, time_step: _Optional[int] = ..., batch_size: _Optional[int] = ..., axis: _Optional[int] = ...) -> None: ...

class Convolution3DParameter(_message.Message):
    __slots__ = ["bias_filler", "bias_term", "filter_group", "group", "kernel_depth", "kernel_size", "num_output", "pad", "stride", "temporal_pad", "temporal_stride", "weight_filler"]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    FILTER_GROUP_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    KERNEL_DEPTH_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_PAD_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_STRIDE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    filter_group: int
    group: int
    kernel_depth: int
    kernel_size: int
    num_output: int
    pad: int
    stride: int
    temporal_pad: int
    temporal_stride: int
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., bias_term: bool = ..., pad: _Optional[int] = ..., kernel_size: _Optional[int] = ..., group: _Optional[int] = ..., kernel_depth: _Optional[int] = ..., stride: _Optional[int] = ..., temporal_stride: _Optional[int] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., filter_group: _Optional[int] = ..., temporal_pad: _Optional[int] = ...) -> None: ...

class CorrelationParameter(_message.Message):
    __slots__ = ["correlation_type", "do_abs", "kernel_size", "max_displacement", "pad", "single_direction", "stride_1", "stride_2"]
    class CorrelationType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CORRELATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    DO_ABS_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_DISPLACEMENT_FIELD_NUMBER: _ClassVar[int]
    MULTIPLY: CorrelationParameter.CorrelationType
    PAD_FIELD_NUMBER: _ClassVar[int]
    SINGLE_DIRECTION_FIELD_NUMBER: _ClassVar[int]
    STRIDE_1_FIELD_NUMBER: _ClassVar[int]
    STRIDE_2_FIELD_NUMBER: _ClassVar[int]
    SUBTRACT: CorrelationParameter.CorrelationType
    correlation_type: CorrelationParameter.CorrelationType
    do_abs: bool
    kernel_size: int
    max_displacement: int
    pad: int
    single_direction: int
    stride_1: int
    stride_2: int
    def __init__(self, pad: _Optional[int] = ..., kernel_size: _Optional[int] = ..., max_displacement: _Optional[int] = ..., stride_1: _Optional[int] = ..., stride_2: _Optional[int] = ..., do_abs: bool = ..., single_direction: _Optional[int] = ..., correlation_type: _Optional[_Union[CorrelationParameter.CorrelationType, str]] = ...) -> None: ...

class CosinAddmParameter(_message.Message):
    __slots__ = ["m", "transform_test"]
    M_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_TEST_FIELD_NUMBER: _ClassVar[int]
    m: float
    transform_test: bool
    def __init__(self, m: _Optional[float] = ..., transform_test: bool = ...) -> None: ...

class CuDNNBatchNormParameter(_message.Message):
    __slots__ = ["bias_filler", "eps", "frozen", "momentum", "scale_filler"]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    SCALE_FILLER_FIELD_NUMBER: _ClassVar[int]
    bias_filler: _shared_pb2.FillerParameter
    eps: float
    frozen: bool
    momentum: float
    scale_filler: _shared_pb2.FillerParameter
    def __init__(self, frozen: bool = ..., momentum: _Optional[float] = ..., eps: _Optional[float] = ..., scale_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ...) -> None: ...

class DSALossParameter(_message.Message):
    __slots__ = ["alpha", "axis", "beta", "center_filler", "center_iter", "diff_iter", "dropout_ratio", "faceid_num", "gamma", "scale", "seqid_num", "use_normalize"]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    CENTER_FILLER_FIELD_NUMBER: _ClassVar[int]
    CENTER_ITER_FIELD_NUMBER: _ClassVar[int]
    DIFF_ITER_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    FACEID_NUM_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SEQID_NUM_FIELD_NUMBER: _ClassVar[int]
    USE_NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    axis: int
    beta: float
    center_filler: _shared_pb2.FillerParameter
    center_iter: int
    diff_iter: int
    dropout_ratio: float
    faceid_num: int
    gamma: float
    scale: float
    seqid_num: int
    use_normalize: bool
    def __init__(self, faceid_num: _Optional[int] = ..., seqid_num: _Optional[int] = ..., center_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., axis: _Optional[int] = ..., dropout_ratio: _Optional[float] = ..., gamma: _Optional[float] = ..., alpha: _Optional[float] = ..., beta: _Optional[float] = ..., use_normalize: bool = ..., scale: _Optional[float] = ..., center_iter: _Optional[int] = ..., diff_iter: _Optional[int] = ..., **kwargs) -> None: ...

class DecodeBBoxParameter(_message.Message):
    __slots__ = ["gt_iou_thr"]
    GT_IOU_THR_FIELD_NUMBER: _ClassVar[int]
    gt_iou_thr: float
    def __init__(self, gt_iou_thr: _Optional[float] = ...) -> None: ...

class DeephiResizeParameter(_message.Message):
    __slots__ = ["new_height", "new_width", "resize_type", "scale_h", "scale_w", "use_dpu"]
    class ResizeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BILINEAR: DeephiResizeParameter.ResizeType
    NEAREST: DeephiResizeParameter.ResizeType
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    RESIZE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SCALE_H_FIELD_NUMBER: _ClassVar[int]
    SCALE_W_FIELD_NUMBER: _ClassVar[int]
    USE_DPU_FIELD_NUMBER: _ClassVar[int]
    new_height: int
    new_width: int
    resize_type: DeephiResizeParameter.ResizeType
    scale_h: float
    scale_w: float
    use_dpu: bool
    def __init__(self, resize_type: _Optional[_Union[DeephiResizeParameter.ResizeType, str]] = ..., scale_h: _Optional[float] = ..., scale_w: _Optional[float] = ..., new_height: _Optional[int] = ..., new_width: _Optional[int] = ..., use_dpu: bool = ...) -> None: ...

class DeformableConvolutionParameter(_message.Message):
    __slots__ = ["axis", "bias_filler", "bias_term", "deformable_group", "dilation", "engine", "force_nd_im2col", "group", "kernel_h", "kernel_size", "kernel_w", "num_output", "pad", "pad_h", "pad_w", "stride", "stride_h", "stride_w", "weight_filler"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    CAFFE: DeformableConvolutionParameter.Engine
    CUDNN: DeformableConvolutionParameter.Engine
    DEFAULT: DeformableConvolutionParameter.Engine
    DEFORMABLE_GROUP_FIELD_NUMBER: _ClassVar[int]
    DILATION_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FORCE_ND_IM2COL_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    deformable_group: int
    dilation: _containers.RepeatedScalarFieldContainer[int]
    engine: DeformableConvolutionParameter.Engine
    force_nd_im2col: bool
    group: int
    kernel_h: int
    kernel_size: _containers.RepeatedScalarFieldContainer[int]
    kernel_w: int
    num_output: int
    pad: _containers.RepeatedScalarFieldContainer[int]
    pad_h: int
    pad_w: int
    stride: _containers.RepeatedScalarFieldContainer[int]
    stride_h: int
    stride_w: int
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., bias_term: bool = ..., pad: _Optional[_Iterable[int]] = ..., kernel_size: _Optional[_Iterable[int]] = ..., group: _Optional[int] = ..., stride: _Optional[_Iterable[int]] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., kernel_h: _Optional[int] = ..., kernel_w: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., engine: _Optional[_Union[DeformableConvolutionParameter.Engine, str]] = ..., axis: _Optional[int] = ..., force_nd_im2col: bool = ..., dilation: _Optional[_Iterable[int]] = ..., deformable_group: _Optional[int] = ...) -> None: ...

class DenseBlockParameter(_message.Message):
    __slots__ = ["BC_ultra_space_efficient", "BN_Bias_Filler", "BN_Scaler_Filler", "Filter_Filler", "conv_horizentalStride", "conv_verticalStride", "dropout_amount", "filter_H", "filter_W", "gpuIdx", "growthRate", "initChannel", "moving_average_fraction", "numTransition", "pad_h", "pad_w", "use_BC", "use_dropout", "workspace_MB"]
    BC_ULTRA_SPACE_EFFICIENT_FIELD_NUMBER: _ClassVar[int]
    BC_ultra_space_efficient: bool
    BN_BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BN_Bias_Filler: _shared_pb2.FillerParameter
    BN_SCALER_FILLER_FIELD_NUMBER: _ClassVar[int]
    BN_Scaler_Filler: _shared_pb2.FillerParameter
    CONV_HORIZENTALSTRIDE_FIELD_NUMBER: _ClassVar[int]
    CONV_VERTICALSTRIDE_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FILTER_FILLER_FIELD_NUMBER: _ClassVar[int]
    FILTER_H_FIELD_NUMBER: _ClassVar[int]
    FILTER_W_FIELD_NUMBER: _ClassVar[int]
    Filter_Filler: _shared_pb2.FillerParameter
    GPUIDX_FIELD_NUMBER: _ClassVar[int]
    GROWTHRATE_FIELD_NUMBER: _ClassVar[int]
    INITCHANNEL_FIELD_NUMBER: _ClassVar[int]
    MOVING_AVERAGE_FRACTION_FIELD_NUMBER: _ClassVar[int]
    NUMTRANSITION_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    USE_BC_FIELD_NUMBER: _ClassVar[int]
    USE_DROPOUT_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_MB_FIELD_NUMBER: _ClassVar[int]
    conv_horizentalStride: int
    conv_verticalStride: int
    dropout_amount: float
    filter_H: int
    filter_W: int
    gpuIdx: int
    growthRate: int
    initChannel: int
    moving_average_fraction: float
    numTransition: int
    pad_h: int
    pad_w: int
    use_BC: bool
    use_dropout: bool
    workspace_MB: int
    def __init__(self, numTransition: _Optional[int] = ..., initChannel: _Optional[int] = ..., growthRate: _Optional[int] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., conv_verticalStride: _Optional[int] = ..., conv_horizentalStride: _Optional[int] = ..., filter_H: _Optional[int] = ..., filter_W: _Optional[int] = ..., Filter_Filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., BN_Scaler_Filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., BN_Bias_Filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., gpuIdx: _Optional[int] = ..., use_dropout: bool = ..., dropout_amount: _Optional[float] = ..., use_BC: bool = ..., BC_ultra_space_efficient: bool = ..., workspace_MB: _Optional[int] = ..., moving_average_fraction: _Optional[float] = ...) -> None: ...

class DenseCRFMapParameter(_message.Message):
    __slots__ = ["b_bilateral", "g_bilateral", "r_bilateral", "wt_bilateral", "wt_gauss", "x_bilateral", "x_gauss", "y_bilateral", "y_gauss"]
    B_BILATERAL_FIELD_NUMBER: _ClassVar[int]
    G_BILATERAL_FIELD_NUMBER: _ClassVar[int]
    R_BILATERAL_FIELD_NUMBER: _ClassVar[int]
    WT_BILATERAL_FIELD_NUMBER: _ClassVar[int]
    WT_GAUSS_FIELD_NUMBER: _ClassVar[int]
    X_BILATERAL_FIELD_NUMBER: _ClassVar[int]
    X_GAUSS_FIELD_NUMBER: _ClassVar[int]
    Y_BILATERAL_FIELD_NUMBER: _ClassVar[int]
    Y_GAUSS_FIELD_NUMBER: _ClassVar[int]
    b_bilateral: float
    g_bilateral: float
    r_bilateral: float
    wt_bilateral: float
    wt_gauss: float
    x_bilateral: float
    x_gauss: float
    y_bilateral: float
    y_gauss: float
    def __init__(self, x_gauss: _Optional[float] = ..., y_gauss: _Optional[float] = ..., wt_gauss: _Optional[float] = ..., x_bilateral: _Optional[float] = ..., y_bilateral: _Optional[float] = ..., r_bilateral: _Optional[float] = ..., g_bilateral: _Optional[float] = ..., b_bilateral: _Optional[float] = ..., wt_bilateral: _Optional[float] = ...) -> None: ...

class DenseCRFParameter(_message.Message):
    __slots__ = ["bi_rgb_std", "bi_w", "bi_xy_std", "max_iter", "output_probability", "pos_w", "pos_xy_std"]
    BI_RGB_STD_FIELD_NUMBER: _ClassVar[int]
    BI_W_FIELD_NUMBER: _ClassVar[int]
    BI_XY_STD_FIELD_NUMBER: _ClassVar[int]
    MAX_ITER_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    POS_W_FIELD_NUMBER: _ClassVar[int]
    POS_XY_STD_FIELD_NUMBER: _ClassVar[int]
    bi_rgb_std: _containers.RepeatedScalarFieldContainer[float]
    bi_w: _containers.RepeatedScalarFieldContainer[float]
    bi_xy_std: _containers.RepeatedScalarFieldContainer[float]
    max_iter: int
    output_probability: bool
    pos_w: _containers.RepeatedScalarFieldContainer[float]
    pos_xy_std: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, max_iter: _Optional[int] = ..., pos_xy_std: _Optional[_Iterable[float]] = ..., pos_w: _Optional[_Iterable[float]] = ..., bi_xy_std: _Optional[_Iterable[float]] = ..., bi_rgb_std: _Optional[_Iterable[float]] = ..., bi_w: _Optional[_Iterable[float]] = ..., output_probability: bool = ...) -> None: ...

class DenseImageDataParameter(_message.Message):
    __slots__ = ["batch_size", "crop_height", "crop_width", "is_color", "label_divide_factor", "mean_file", "mirror", "new_height", "new_width", "rand_skip", "root_folder", "shuffle", "source"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CROP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CROP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    IS_COLOR_FIELD_NUMBER: _ClassVar[int]
    LABEL_DIVIDE_FACTOR_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    crop_height: int
    crop_width: int
    is_color: bool
    label_divide_factor: int
    mean_file: str
    mirror: bool
    new_height: int
    new_width: int
    rand_skip: int
    root_folder: str
    shuffle: bool
    source: str
    def __init__(self, source: _Optional[str] = ..., batch_size: _Optional[int] = ..., rand_skip: _Optional[int] = ..., shuffle: bool = ..., new_height: _Optional[int] = ..., new_width: _Optional[int] = ..., is_color: bool = ..., mean_file: _Optional[str] = ..., root_folder: _Optional[str] = ..., mirror: bool = ..., crop_width: _Optional[int] = ..., crop_height: _Optional[int] = ..., label_divide_factor: _Optional[int] = ...) -> None: ...

class DenseboxMapEvaluationParameter(_message.Message):
    __slots__ = ["channel_axes", "conf_threshold", "iou_threshold", "nms_threshold"]
    CHANNEL_AXES_FIELD_NUMBER: _ClassVar[int]
    CONF_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    IOU_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    channel_axes: int
    conf_threshold: float
    iou_threshold: float
    nms_threshold: float
    def __init__(self, channel_axes: _Optional[int] = ..., nms_threshold: _Optional[float] = ..., conf_threshold: _Optional[float] = ..., iou_threshold: _Optional[float] = ...) -> None: ...

class DepthToSpaceParameter(_message.Message):
    __slots__ = ["block_size", "data_format"]
    BLOCK_SIZE_FIELD_NUMBER: _ClassVar[int]
    DATA_FORMAT_FIELD_NUMBER: _ClassVar[int]
    block_size: int
    data_format: str
    def __init__(self, block_size: _Optional[int] = ..., data_format: _Optional[str] = ...) -> None: ...

class DetectNetAugmentationParameter(_message.Message):
    __slots__ = ["crop_prob", "desaturation_max", "desaturation_prob", "distort_param", "emit_constraint", "expand_param", "flip_prob", "hue_rotation", "hue_rotation_prob", "max_rotate_degree", "noise_param", "resize_param", "rotation_prob", "scale_max", "scale_min", "scale_prob", "shift_x", "shift_y"]
    CROP_PROB_FIELD_NUMBER: _ClassVar[int]
    DESATURATION_MAX_FIELD_NUMBER: _ClassVar[int]
    DESATURATION_PROB_FIELD_NUMBER: _ClassVar[int]
    DISTORT_PARAM_FIELD_NUMBER: _ClassVar[int]
    EMIT_CONSTRAINT_FIELD_NUMBER: _ClassVar[int]
    EXPAND_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLIP_PROB_FIELD_NUMBER: _ClassVar[int]
    HUE_ROTATION_FIELD_NUMBER: _ClassVar[int]
    HUE_ROTATION_PROB_FIELD_NUMBER: _ClassVar[int]
    MAX_ROTATE_DEGREE_FIELD_NUMBER: _ClassVar[int]
    NOISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROTATION_PROB_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    SCALE_MIN_FIELD_NUMBER: _ClassVar[int]
    SCALE_PROB_FIELD_NUMBER: _ClassVar[int]
    SHIFT_X_FIELD_NUMBER: _ClassVar[int]
    SHIFT_Y_FIELD_NUMBER: _ClassVar[int]
    crop_prob: float
    desaturation_max: float
    desaturation_prob: float
    distort_param: DistortionParameter
    emit_constraint: EmitConstraint
    expand_param: ExpansionParameter
    flip_prob: float
    hue_rotation: float
    hue_rotation_prob: float
    max_rotate_degree: float
    noise_param: NoiseParameter
    resize_param: ResizeParameter
    rotation_prob: float
    scale_max: float
    scale_min: float
    scale_prob: float
    shift_x: int
    shift_y: int
    def __init__(self, crop_prob: _Optional[float] = ..., shift_x: _Optional[int] = ..., shift_y: _Optional[int] = ..., scale_prob: _Optional[float] = ..., scale_min: _Optional[float] = ..., scale_max: _Optional[float] = ..., flip_prob: _Optional[float] = ..., rotation_prob: _Optional[float] = ..., max_rotate_degree: _Optional[float] = ..., hue_rotation_prob: _Optional[float] = ..., hue_rotation: _Optional[float] = ..., desaturation_prob: _Optional[float] = ..., desaturation_max: _Optional[float] = ..., resize_param: _Optional[_Union[ResizeParameter, _Mapping]] = ..., noise_param: _Optional[_Union[NoiseParameter, _Mapping]] = ..., emit_constraint: _Optional[_Union[EmitConstraint, _Mapping]] = ..., distort_param: _Optional[_Union[DistortionParameter, _Mapping]] = ..., expand_param: _Optional[_Union[ExpansionParameter, _Mapping]] = ...) -> None: ...

class DetectNetGroundTruthParameter(_message.Message):
    __slots__ = ["coverage_type", "crop_bboxes", "gridbox_type", "image_size_x", "image_size_y", "max_cvg_len", "min_cvg_len", "obj_norm", "object_class", "scale_cvg", "stride"]
    class CoverageType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class GridboxType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class ClassMapping(_message.Message):
        __slots__ = ["dst", "src"]
        DST_FIELD_NUMBER: _ClassVar[int]
        SRC_FIELD_NUMBER: _ClassVar[int]
        dst: int
        src: int
        def __init__(self, src: _Optional[int] = ..., dst: _Optional[int] = ...) -> None: ...
    COVERAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CROP_BBOXES_FIELD_NUMBER: _ClassVar[int]
    GRIDBOX_MAX: DetectNetGroundTruthParameter.GridboxType
    GRIDBOX_MIN: DetectNetGroundTruthParameter.GridboxType
    GRIDBOX_TYPE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_SIZE_X_FIELD_NUMBER: _ClassVar[int]
    IMAGE_SIZE_Y_FIELD_NUMBER: _ClassVar[int]
    MAX_CVG_LEN_FIELD_NUMBER: _ClassVar[int]
    MIN_CVG_LEN_FIELD_NUMBER: _ClassVar[int]
    OBJECT_CLASS_FIELD_NUMBER: _ClassVar[int]
    OBJ_NORM_FIELD_NUMBER: _ClassVar[int]
    RECTANGULAR: DetectNetGroundTruthParameter.CoverageType
    SCALE_CVG_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    coverage_type: DetectNetGroundTruthParameter.CoverageType
    crop_bboxes: bool
    gridbox_type: DetectNetGroundTruthParameter.GridboxType
    image_size_x: int
    image_size_y: int
    max_cvg_len: int
    min_cvg_len: int
    obj_norm: bool
    object_class: _containers.RepeatedCompositeFieldContainer[DetectNetGroundTruthParameter.ClassMapping]
    scale_cvg: float
    stride: int
    def __init__(self, stride: _Optional[int] = ..., scale_cvg: _Optional[float] = ..., gridbox_type: _Optional[_Union[DetectNetGroundTruthParameter.GridboxType, str]] = ..., max_cvg_len: _Optional[int] = ..., min_cvg_len: _Optional[int] = ..., coverage_type: _Optional[_Union[DetectNetGroundTruthParameter.CoverageType, str]] = ..., image_size_x: _Optional[int] = ..., image_size_y: _Optional[int] = ..., obj_norm: bool = ..., crop_bboxes: bool = ..., object_class: _Optional[_Iterable[_Union[DetectNetGroundTruthParameter.ClassMapping, _Mapping]]] = ...) -> None: ...

class DetectionAccuracyParameter(_message.Message):
    __slots__ = ["bg_threshold", "cls_num", "coord_num", "downsample_rate", "field_h", "field_w", "field_whr", "field_xyr", "objectness", "top_k"]
    BG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    CLS_NUM_FIELD_NUMBER: _ClassVar[int]
    COORD_NUM_FIELD_NUMBER: _ClassVar[int]
    DOWNSAMPLE_RATE_FIELD_NUMBER: _ClassVar[int]
    FIELD_H_FIELD_NUMBER: _ClassVar[int]
    FIELD_WHR_FIELD_NUMBER: _ClassVar[int]
    FIELD_W_FIELD_NUMBER: _ClassVar[int]
    FIELD_XYR_FIELD_NUMBER: _ClassVar[int]
    OBJECTNESS_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    bg_threshold: float
    cls_num: int
    coord_num: int
    downsample_rate: int
    field_h: int
    field_w: int
    field_whr: float
    field_xyr: float
    objectness: bool
    top_k: int
    def __init__(self, cls_num: _Optional[int] = ..., coord_num: _Optional[int] = ..., field_h: _Optional[int] = ..., field_w: _Optional[int] = ..., downsample_rate: _Optional[int] = ..., top_k: _Optional[int] = ..., field_whr: _Optional[float] = ..., field_xyr: _Optional[float] = ..., bg_threshold: _Optional[float] = ..., objectness: bool = ...) -> None: ...

class DetectionDataParameter(_message.Message):
    __slots__ = ["anchor_ignore_iou_thr", "anchor_ignore_margin_ratio", "batch_size", "cache_images", "coord_num", "crop_height", "crop_long_size", "crop_short_size", "crop_width", "distort_param", "fg_threshold", "field_h", "field_w", "high_scale_ratio", "ignore_fg_threshold", "long_size", "low_scale_ratio", "max_scale", "max_whaspect", "min_gt_height", "min_gt_width", "min_scale", "min_whaspect", "mix_group_size", "multiscale_prob", "output_gt_boxes", "pickup_iou_thr", "resize_height", "resize_param", "resize_ratio", "resize_width", "root_folder", "scale", "short_size", "shuffle", "source", "stride", "template_ratio"]
    ANCHOR_IGNORE_IOU_THR_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_IGNORE_MARGIN_RATIO_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CACHE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    COORD_NUM_FIELD_NUMBER: _ClassVar[int]
    CROP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CROP_LONG_SIZE_FIELD_NUMBER: _ClassVar[int]
    CROP_SHORT_SIZE_FIELD_NUMBER: _ClassVar[int]
    CROP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    DISTORT_PARAM_FIELD_NUMBER: _ClassVar[int]
    FG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    FIELD_H_FIELD_NUMBER: _ClassVar[int]
    FIELD_W_FIELD_NUMBER: _ClassVar[int]
    HIGH_SCALE_RATIO_FIELD_NUMBER: _ClassVar[int]
    IGNORE_FG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    LONG_SIZE_FIELD_NUMBER: _ClassVar[int]
    LOW_SCALE_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_SCALE_FIELD_NUMBER: _ClassVar[int]
    MAX_WHASPECT_FIELD_NUMBER: _ClassVar[int]
    MIN_GT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    MIN_GT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    MIN_SCALE_FIELD_NUMBER: _ClassVar[int]
    MIN_WHASPECT_FIELD_NUMBER: _ClassVar[int]
    MIX_GROUP_SIZE_FIELD_NUMBER: _ClassVar[int]
    MULTISCALE_PROB_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_GT_BOXES_FIELD_NUMBER: _ClassVar[int]
    PICKUP_IOU_THR_FIELD_NUMBER: _ClassVar[int]
    RESIZE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESIZE_RATIO_FIELD_NUMBER: _ClassVar[int]
    RESIZE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHORT_SIZE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_RATIO_FIELD_NUMBER: _ClassVar[int]
    anchor_ignore_iou_thr: float
    anchor_ignore_margin_ratio: float
    batch_size: int
    cache_images: bool
    coord_num: int
    crop_height: int
    crop_long_size: int
    crop_short_size: int
    crop_width: int
    distort_param: DistortionParameter
    fg_threshold: float
    field_h: _containers.RepeatedScalarFieldContainer[int]
    field_w: _containers.RepeatedScalarFieldContainer[int]
    high_scale_ratio: float
    ignore_fg_threshold: float
    long_size: int
    low_scale_ratio: float
    max_scale: float
    max_whaspect: float
    min_gt_height: float
    min_gt_width: float
    min_scale: float
    min_whaspect: float
    mix_group_size: int
    multiscale_prob: float
    output_gt_boxes: bool
    pickup_iou_thr: float
    resize_height: int
    resize_param: ResizeParameter
    resize_ratio: float
    resize_width: int
    root_folder: str
    scale: float
    short_size: int
    shuffle: str
    source: str
    stride: _containers.RepeatedScalarFieldContainer[int]
    template_ratio: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, source: _Optional[str] = ..., scale: _Optional[float] = ..., batch_size: _Optional[int] = ..., coord_num: _Optional[int] = ..., stride: _Optional[_Iterable[int]] = ..., field_h: _Optional[_Iterable[int]] = ..., field_w: _Optional[_Iterable[int]] = ..., fg_threshold: _Optional[float] = ..., ignore_fg_threshold: _Optional[float] = ..., resize_width: _Optional[int] = ..., resize_height: _Optional[int] = ..., crop_width: _Optional[int] = ..., crop_height: _Optional[int] = ..., min_scale: _Optional[float] = ..., max_scale: _Optional[float] = ..., multiscale_prob: _Optional[float] = ..., min_whaspect: _Optional[float] = ..., max_whaspect: _Optional[float] = ..., short_size: _Optional[int] = ..., long_size: _Optional[int] = ..., min_gt_width: _Optional[float] = ..., min_gt_height: _Optional[float] = ..., shuffle: _Optional[str] = ..., output_gt_boxes: bool = ..., cache_images: bool = ..., root_folder: _Optional[str] = ..., distort_param: _Optional[_Union[DistortionParameter, _Mapping]] = ..., resize_param: _Optional[_Union[ResizeParameter, _Mapping]] = ..., resize_ratio: _Optional[float] = ..., crop_short_size: _Optional[int] = ..., crop_long_size: _Optional[int] = ..., low_scale_ratio: _Optional[float] = ..., high_scale_ratio: _Optional[float] = ..., anchor_ignore_margin_ratio: _Optional[float] = ..., anchor_ignore_iou_thr: _Optional[float] = ..., pickup_iou_thr: _Optional[float] = ..., mix_group_size: _Optional[int] = ..., template_ratio: _Optional[_Iterable[float]] = ...) -> None: ...

class DetectionEvaluateParameter(_message.Message):
    __slots__ = ["background_label_id", "evaluate_difficult_gt", "name_size_file", "num_classes", "overlap_threshold", "resize_param", "use_polygon"]
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    EVALUATE_DIFFICULT_GT_FIELD_NUMBER: _ClassVar[int]
    NAME_SIZE_FILE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    USE_POLYGON_FIELD_NUMBER: _ClassVar[int]
    background_label_id: int
    evaluate_difficult_gt: bool
    name_size_file: str
    num_classes: int
    overlap_threshold: float
    resize_param: ResizeParameter
    use_polygon: bool
    def __init__(self, num_classes: _Optional[int] = ..., background_label_id: _Optional[int] = ..., overlap_threshold: _Optional[float] = ..., evaluate_difficult_gt: bool = ..., name_size_file: _Optional[str] = ..., resize_param: _Optional[_Union[ResizeParameter, _Mapping]] = ..., use_polygon: bool = ...) -> None: ...

class DetectionGroupAccuracyParameter(_message.Message):
    __slots__ = ["bg_threshold", "cls_num", "field_h", "field_w", "field_whr", "field_xyr", "objectness", "stride"]
    BG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    CLS_NUM_FIELD_NUMBER: _ClassVar[int]
    FIELD_H_FIELD_NUMBER: _ClassVar[int]
    FIELD_WHR_FIELD_NUMBER: _ClassVar[int]
    FIELD_W_FIELD_NUMBER: _ClassVar[int]
    FIELD_XYR_FIELD_NUMBER: _ClassVar[int]
    OBJECTNESS_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    bg_threshold: float
    cls_num: int
    field_h: _containers.RepeatedScalarFieldContainer[int]
    field_w: _containers.RepeatedScalarFieldContainer[int]
    field_whr: float
    field_xyr: float
    objectness: bool
    stride: int
    def __init__(self, cls_num: _Optional[int] = ..., field_h: _Optional[_Iterable[int]] = ..., field_w: _Optional[_Iterable[int]] = ..., stride: _Optional[int] = ..., field_whr: _Optional[float] = ..., field_xyr: _Optional[float] = ..., bg_threshold: _Optional[float] = ..., objectness: bool = ...) -> None: ...

class DetectionGroupLossParameter(_message.Message):
    __slots__ = ["batch_size", "bbox_loss_type", "bg_multiple", "bg_threshold", "cls_num", "field_h", "field_w", "field_whr", "field_xyr", "min_num_neg", "neg_mining_type", "neg_ranking_type", "objectness", "pos_neg_weighted", "stride"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    BBOX_LOSS_TYPE_FIELD_NUMBER: _ClassVar[int]
    BG_MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    BG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    CLS_NUM_FIELD_NUMBER: _ClassVar[int]
    FIELD_H_FIELD_NUMBER: _ClassVar[int]
    FIELD_WHR_FIELD_NUMBER: _ClassVar[int]
    FIELD_W_FIELD_NUMBER: _ClassVar[int]
    FIELD_XYR_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    MIN_NUM_NEG_FIELD_NUMBER: _ClassVar[int]
    NEG_MINING_TYPE_FIELD_NUMBER: _ClassVar[int]
    NEG_RANKING_TYPE_FIELD_NUMBER: _ClassVar[int]
    OBJECTNESS_FIELD_NUMBER: _ClassVar[int]
    POS_NEG_WEIGHTED_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    bbox_loss_type: str
    bg_multiple: int
    bg_threshold: float
    cls_num: int
    field_h: _containers.RepeatedScalarFieldContainer[int]
    field_w: _containers.RepeatedScalarFieldContainer[int]
    field_whr: float
    field_xyr: float
    min_num_neg: int
    neg_mining_type: str
    neg_ranking_type: str
    objectness: bool
    pos_neg_weighted: bool
    stride: int
    def __init__(self, cls_num: _Optional[int] = ..., field_h: _Optional[_Iterable[int]] = ..., field_w: _Optional[_Iterable[int]] = ..., stride: _Optional[int] = ..., field_whr: _Optional[float] = ..., field_xyr: _Optional[float] = ..., bg_threshold: _Optional[float] = ..., bg_multiple: _Optional[int] = ..., neg_mining_type: _Optional[str] = ..., neg_ranking_type: _Optional[str] = ..., min_num_neg: _Optional[int] = ..., objectness: bool = ..., batch_size: _Optional[int] = ..., pos_neg_weighted: bool = ..., bbox_loss_type: _Optional[str] = ..., **kwargs) -> None: ...

class DetectionLossParameter(_message.Message):
    __slots__ = ["bb_smooth", "bg_multiple", "bg_threshold", "class_scale", "cls_num", "constriant", "coord_num", "coord_scale", "downsample_rate", "field_h", "field_w", "field_whr", "field_xyr", "iou_weighted", "noobject_scale", "num_class", "num_object", "object_scale", "objectness", "pos_neg_weighted", "sample_mode", "side", "sqrt"]
    BB_SMOOTH_FIELD_NUMBER: _ClassVar[int]
    BG_MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    BG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    CLASS_SCALE_FIELD_NUMBER: _ClassVar[int]
    CLS_NUM_FIELD_NUMBER: _ClassVar[int]
    CONSTRIANT_FIELD_NUMBER: _ClassVar[int]
    COORD_NUM_FIELD_NUMBER: _ClassVar[int]
    COORD_SCALE_FIELD_NUMBER: _ClassVar[int]
    DOWNSAMPLE_RATE_FIELD_NUMBER: _ClassVar[int]
    FIELD_H_FIELD_NUMBER: _ClassVar[int]
    FIELD_WHR_FIELD_NUMBER: _ClassVar[int]
    FIELD_W_FIELD_NUMBER: _ClassVar[int]
    FIELD_XYR_FIELD_NUMBER: _ClassVar[int]
    IOU_WEIGHTED_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    NOOBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    NUM_OBJECT_FIELD_NUMBER: _ClassVar[int]
    OBJECTNESS_FIELD_NUMBER: _ClassVar[int]
    OBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    POS_NEG_WEIGHTED_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_MODE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    SQRT_FIELD_NUMBER: _ClassVar[int]
    bb_smooth: bool
    bg_multiple: int
    bg_threshold: float
    class_scale: float
    cls_num: int
    constriant: bool
    coord_num: int
    coord_scale: float
    downsample_rate: int
    field_h: int
    field_w: int
    field_whr: float
    field_xyr: float
    iou_weighted: bool
    noobject_scale: float
    num_class: int
    num_object: int
    object_scale: float
    objectness: bool
    pos_neg_weighted: bool
    sample_mode: str
    side: int
    sqrt: bool
    def __init__(self, side: _Optional[int] = ..., num_class: _Optional[int] = ..., num_object: _Optional[int] = ..., object_scale: _Optional[float] = ..., noobject_scale: _Optional[float] = ..., class_scale: _Optional[float] = ..., coord_scale: _Optional[float] = ..., sqrt: bool = ..., constriant: bool = ..., cls_num: _Optional[int] = ..., coord_num: _Optional[int] = ..., field_h: _Optional[int] = ..., field_w: _Optional[int] = ..., downsample_rate: _Optional[int] = ..., bb_smooth: bool = ..., field_whr: _Optional[float] = ..., field_xyr: _Optional[float] = ..., bg_threshold: _Optional[float] = ..., bg_multiple: _Optional[int] = ..., sample_mode: _Optional[str] = ..., objectness: bool = ..., iou_weighted: bool = ..., pos_neg_weighted: bool = ..., **kwargs) -> None: ...

class DetectionOutputParameter(_message.Message):
    __slots__ = ["background_label_id", "biases", "code_type", "confidence_threshold", "coords", "input_height", "input_width", "keep_top_k", "label_map_file", "nbottom", "nms_param", "nms_threshold", "no_permute", "normalized", "num_box", "num_classes", "objectness_score", "ratio0", "ratio1", "ratio2", "ratio3", "ratio4", "ratio5", "ratio_permute", "save_file", "save_output_param", "share_location", "side", "use_polygon", "variance_encoded_in_target", "visualize", "visualize_threshold"]
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    CODE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    COORDS_FIELD_NUMBER: _ClassVar[int]
    INPUT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    INPUT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    KEEP_TOP_K_FIELD_NUMBER: _ClassVar[int]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    NBOTTOM_FIELD_NUMBER: _ClassVar[int]
    NMS_PARAM_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    NORMALIZED_FIELD_NUMBER: _ClassVar[int]
    NO_PERMUTE_FIELD_NUMBER: _ClassVar[int]
    NUM_BOX_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    OBJECTNESS_SCORE_FIELD_NUMBER: _ClassVar[int]
    RATIO0_FIELD_NUMBER: _ClassVar[int]
    RATIO1_FIELD_NUMBER: _ClassVar[int]
    RATIO2_FIELD_NUMBER: _ClassVar[int]
    RATIO3_FIELD_NUMBER: _ClassVar[int]
    RATIO4_FIELD_NUMBER: _ClassVar[int]
    RATIO5_FIELD_NUMBER: _ClassVar[int]
    RATIO_PERMUTE_FIELD_NUMBER: _ClassVar[int]
    SAVE_FILE_FIELD_NUMBER: _ClassVar[int]
    SAVE_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SHARE_LOCATION_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    USE_POLYGON_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_ENCODED_IN_TARGET_FIELD_NUMBER: _ClassVar[int]
    VISUALIZE_FIELD_NUMBER: _ClassVar[int]
    VISUALIZE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    background_label_id: int
    biases: _containers.RepeatedScalarFieldContainer[float]
    code_type: PriorBoxParameter.CodeType
    confidence_threshold: float
    coords: int
    input_height: int
    input_width: int
    keep_top_k: int
    label_map_file: str
    nbottom: int
    nms_param: NonMaximumSuppressionParameter
    nms_threshold: float
    no_permute: bool
    normalized: bool
    num_box: int
    num_classes: int
    objectness_score: float
    ratio0: int
    ratio1: int
    ratio2: int
    ratio3: int
    ratio4: int
    ratio5: int
    ratio_permute: bool
    save_file: str
    save_output_param: SaveOutputParameter
    share_location: bool
    side: int
    use_polygon: bool
    variance_encoded_in_target: bool
    visualize: bool
    visualize_threshold: float
    def __init__(self, num_classes: _Optional[int] = ..., share_location: bool = ..., background_label_id: _Optional[int] = ..., nms_param: _Optional[_Union[NonMaximumSuppressionParameter, _Mapping]] = ..., save_output_param: _Optional[_Union[SaveOutputParameter, _Mapping]] = ..., code_type: _Optional[_Union[PriorBoxParameter.CodeType, str]] = ..., keep_top_k: _Optional[int] = ..., variance_encoded_in_target: bool = ..., confidence_threshold: _Optional[float] = ..., visualize: bool = ..., visualize_threshold: _Optional[float] = ..., save_file: _Optional[str] = ..., use_polygon: bool = ..., objectness_score: _Optional[float] = ..., ratio_permute: bool = ..., ratio0: _Optional[int] = ..., ratio1: _Optional[int] = ..., ratio2: _Optional[int] = ..., ratio3: _Optional[int] = ..., ratio4: _Optional[int] = ..., ratio5: _Optional[int] = ..., no_permute: bool = ..., nbottom: _Optional[int] = ..., side: _Optional[int] = ..., num_box: _Optional[int] = ..., coords: _Optional[int] = ..., nms_threshold: _Optional[float] = ..., biases: _Optional[_Iterable[float]] = ..., label_map_file: _Optional[str] = ..., normalized: bool = ..., input_width: _Optional[int] = ..., input_height: _Optional[int] = ...) -> None: ...

class DialParameter(_message.Message):
    __slots__ = ["eps", "moving_average_fraction", "slice_point", "test_stats", "use_global_stats", "weight_filler"]
    class TestStats(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    EPS_FIELD_NUMBER: _ClassVar[int]
    MOVING_AVERAGE_FRACTION_FIELD_NUMBER: _ClassVar[int]
    SLICE_POINT_FIELD_NUMBER: _ClassVar[int]
    SOURCE: DialParameter.TestStats
    TARGET: DialParameter.TestStats
    TEST_STATS_FIELD_NUMBER: _ClassVar[int]
    USE_GLOBAL_STATS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    eps: float
    moving_average_fraction: float
    slice_point: int
    test_stats: DialParameter.TestStats
    use_global_stats: bool
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, use_global_stats: bool = ..., moving_average_fraction: _Optional[float] = ..., eps: _Optional[float] = ..., slice_point: _Optional[int] = ..., test_stats: _Optional[_Union[DialParameter.TestStats, str]] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ...) -> None: ...

class DiceCoefLossParameter(_message.Message):
    __slots__ = ["smooth"]
    SMOOTH_FIELD_NUMBER: _ClassVar[int]
    smooth: float
    def __init__(self, smooth: _Optional[float] = ...) -> None: ...

class DistortionParameter(_message.Message):
    __slots__ = ["all_effects", "brightness", "brightness_delta", "brightness_prob", "contrast", "contrast_lower", "contrast_prob", "contrast_upper", "hue", "hue_delta", "hue_prob", "prob", "random_order", "random_order_prob", "saturation", "saturation_lower", "saturation_prob", "saturation_upper"]
    ALL_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    BRIGHTNESS_DELTA_FIELD_NUMBER: _ClassVar[int]
    BRIGHTNESS_FIELD_NUMBER: _ClassVar[int]
    BRIGHTNESS_PROB_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_LOWER_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_PROB_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_UPPER_FIELD_NUMBER: _ClassVar[int]
    HUE_DELTA_FIELD_NUMBER: _ClassVar[int]
    HUE_FIELD_NUMBER: _ClassVar[int]
    HUE_PROB_FIELD_NUMBER: _ClassVar[int]
    PROB_FIELD_NUMBER: _ClassVar[int]
    RANDOM_ORDER_FIELD_NUMBER: _ClassVar[int]
    RANDOM_ORDER_PROB_FIELD_NUMBER: _ClassVar[int]
    SATURATION_FIELD_NUMBER: _ClassVar[int]
    SATURATION_LOWER_FIELD_NUMBER: _ClassVar[int]
    SATURATION_PROB_FIELD_NUMBER: _ClassVar[int]
    SATURATION_UPPER_FIELD_NUMBER: _ClassVar[int]
    all_effects: bool
    brightness: bool
    brightness_delta: float
    brightness_prob: float
    contrast: bool
    contrast_lower: float
    contrast_prob: float
    contrast_upper: float
    hue: bool
    hue_delta: float
    hue_prob: float
    prob: float
    random_order: bool
    random_order_prob: float
    saturation: bool
    saturation_lower: float
    saturation_prob: float
    saturation_upper: float
    def __init__(self, brightness_prob: _Optional[float] = ..., brightness_delta: _Optional[float] = ..., contrast_prob: _Optional[float] = ..., contrast_lower: _Optional[float] = ..., contrast_upper: _Optional[float] = ..., hue_prob: _Optional[float] = ..., hue_delta: _Optional[float] = ..., saturation_prob: _Optional[float] = ..., saturation_lower: _Optional[float] = ..., saturation_upper: _Optional[float] = ..., random_order_prob: _Optional[float] = ..., prob: _Optional[float] = ..., brightness: bool = ..., contrast: bool = ..., hue: bool = ..., saturation: bool = ..., random_order: bool = ..., all_effects: bool = ...) -> None: ...

class DivisionParameter(_message.Message):
    __slots__ = ["height", "width", "xcoord", "ycoord"]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    XCOORD_FIELD_NUMBER: _ClassVar[int]
    YCOORD_FIELD_NUMBER: _ClassVar[int]
    height: int
    width: int
    xcoord: _containers.RepeatedScalarFieldContainer[int]
    ycoord: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., xcoord: _Optional[_Iterable[int]] = ..., ycoord: _Optional[_Iterable[int]] = ...) -> None: ...

class DomainTransformParameter(_message.Message):
    __slots__ = ["min_weight", "num_iter", "range_sigma", "spatial_sigma"]
    MIN_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NUM_ITER_FIELD_NUMBER: _ClassVar[int]
    RANGE_SIGMA_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SIGMA_FIELD_NUMBER: _ClassVar[int]
    min_weight: float
    num_iter: int
    range_sigma: float
    spatial_sigma: float
    def __init__(self, num_iter: _Optional[int] = ..., spatial_sigma: _Optional[float] = ..., range_sigma: _Optional[float] = ..., min_weight: _Optional[float] = ...) -> None: ...

class DominantChannelParameter(_message.Message):
    __slots__ = ["top_k"]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    top_k: int
    def __init__(self, top_k: _Optional[int] = ...) -> None: ...

class DownSamplingParameter(_message.Message):
    __slots__ = ["spatial_factor", "temporal_factor", "type"]
    class DownSamplingType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AVERAGE: DownSamplingParameter.DownSamplingType
    NONE: DownSamplingParameter.DownSamplingType
    SPATIAL_FACTOR_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_FACTOR_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VOTE: DownSamplingParameter.DownSamplingType
    spatial_factor: int
    temporal_factor: int
    type: DownSamplingParameter.DownSamplingType
    def __init__(self, type: _Optional[_Union[DownSamplingParameter.DownSamplingType, str]] = ..., spatial_factor: _Optional[int] = ..., temporal_factor: _Optional[int] = ...) -> None: ...

class DownsampleParameter(_message.Message):
    __slots__ = ["top_height", "top_width"]
    TOP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TOP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    top_height: int
    top_width: int
    def __init__(self, top_height: _Optional[int] = ..., top_width: _Optional[int] = ...) -> None: ...

class DriveDataParameter(_message.Message):
    __slots__ = ["blur_max", "catalog_number", "catalog_resolution", "crop_num", "cropped_height", "cropped_width", "gamma_max", "gen_rate", "gen_scale", "genlist_file", "k_max", "label_resolution", "noise_max", "random_crop_ratio", "reco_max", "reco_min", "resize", "resize_max", "resize_min", "scale", "shrink_max", "shrink_prob_factor", "slip_max", "tiling_height", "tiling_width", "train_max", "train_min", "unrecognize_factor", "use_mask", "y0_max"]
    BLUR_MAX_FIELD_NUMBER: _ClassVar[int]
    CATALOG_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CATALOG_RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    CROPPED_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CROPPED_WIDTH_FIELD_NUMBER: _ClassVar[int]
    CROP_NUM_FIELD_NUMBER: _ClassVar[int]
    GAMMA_MAX_FIELD_NUMBER: _ClassVar[int]
    GENLIST_FILE_FIELD_NUMBER: _ClassVar[int]
    GEN_RATE_FIELD_NUMBER: _ClassVar[int]
    GEN_SCALE_FIELD_NUMBER: _ClassVar[int]
    K_MAX_FIELD_NUMBER: _ClassVar[int]
    LABEL_RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    NOISE_MAX_FIELD_NUMBER: _ClassVar[int]
    RANDOM_CROP_RATIO_FIELD_NUMBER: _ClassVar[int]
    RECO_MAX_FIELD_NUMBER: _ClassVar[int]
    RECO_MIN_FIELD_NUMBER: _ClassVar[int]
    RESIZE_FIELD_NUMBER: _ClassVar[int]
    RESIZE_MAX_FIELD_NUMBER: _ClassVar[int]
    RESIZE_MIN_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHRINK_MAX_FIELD_NUMBER: _ClassVar[int]
    SHRINK_PROB_FACTOR_FIELD_NUMBER: _ClassVar[int]
    SLIP_MAX_FIELD_NUMBER: _ClassVar[int]
    TILING_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TILING_WIDTH_FIELD_NUMBER: _ClassVar[int]
    TRAIN_MAX_FIELD_NUMBER: _ClassVar[int]
    TRAIN_MIN_FIELD_NUMBER: _ClassVar[int]
    UNRECOGNIZE_FACTOR_FIELD_NUMBER: _ClassVar[int]
    USE_MASK_FIELD_NUMBER: _ClassVar[int]
    Y0_MAX_FIELD_NUMBER: _ClassVar[int]
    blur_max: float
    catalog_number: int
    catalog_resolution: int
    crop_num: int
    cropped_height: int
    cropped_width: int
    gamma_max: float
    gen_rate: float
    gen_scale: float
    genlist_file: str
    k_max: float
    label_resolution: int
    noise_max: float
    random_crop_ratio: float
    reco_max: float
    reco_min: float
    resize: float
    resize_max: float
    resize_min: float
    scale: float
    shrink_max: float
    shrink_prob_factor: float
    slip_max: float
    tiling_height: int
    tiling_width: int
    train_max: float
    train_min: float
    unrecognize_factor: float
    use_mask: bool
    y0_max: float
    def __init__(self, shrink_prob_factor: _Optional[float] = ..., unrecognize_factor: _Optional[float] = ..., crop_num: _Optional[int] = ..., random_crop_ratio: _Optional[float] = ..., resize: _Optional[float] = ..., scale: _Optional[float] = ..., cropped_height: _Optional[int] = ..., cropped_width: _Optional[int] = ..., tiling_width: _Optional[int] = ..., tiling_height: _Optional[int] = ..., label_resolution: _Optional[int] = ..., catalog_resolution: _Optional[int] = ..., catalog_number: _Optional[int] = ..., resize_max: _Optional[float] = ..., resize_min: _Optional[float] = ..., reco_max: _Optional[float] = ..., reco_min: _Optional[float] = ..., train_max: _Optional[float] = ..., train_min: _Optional[float] = ..., genlist_file: _Optional[str] = ..., gen_rate: _Optional[float] = ..., blur_max: _Optional[float] = ..., noise_max: _Optional[float] = ..., gamma_max: _Optional[float] = ..., k_max: _Optional[float] = ..., y0_max: _Optional[float] = ..., shrink_max: _Optional[float] = ..., slip_max: _Optional[float] = ..., gen_scale: _Optional[float] = ..., use_mask: bool = ...) -> None: ...

class EltwiseAccuracyParameter(_message.Message):
    __slots__ = ["ignore_label", "top_k"]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    ignore_label: int
    top_k: int
    def __init__(self, top_k: _Optional[int] = ..., ignore_label: _Optional[int] = ...) -> None: ...

class EltwiseAffineParameter(_message.Message):
    __slots__ = ["bias_filler", "channel_shared", "slope_filler"]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_SHARED_FIELD_NUMBER: _ClassVar[int]
    SLOPE_FILLER_FIELD_NUMBER: _ClassVar[int]
    bias_filler: _shared_pb2.FillerParameter
    channel_shared: bool
    slope_filler: _shared_pb2.FillerParameter
    def __init__(self, slope_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., channel_shared: bool = ...) -> None: ...

class EmitConstraint(_message.Message):
    __slots__ = ["emit_overlap", "emit_type"]
    class EmitType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CENTER: EmitConstraint.EmitType
    EMIT_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    EMIT_TYPE_FIELD_NUMBER: _ClassVar[int]
    MIN_OVERLAP: EmitConstraint.EmitType
    emit_overlap: float
    emit_type: EmitConstraint.EmitType
    def __init__(self, emit_type: _Optional[_Union[EmitConstraint.EmitType, str]] = ..., emit_overlap: _Optional[float] = ...) -> None: ...

class EntropyParameter(_message.Message):
    __slots__ = ["ignore_label", "iterations_num", "threshold"]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_NUM_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    ignore_label: int
    iterations_num: int
    threshold: float
    def __init__(self, threshold: _Optional[float] = ..., ignore_label: _Optional[int] = ..., iterations_num: _Optional[int] = ...) -> None: ...

class EuclideanLossParameter(_message.Message):
    __slots__ = ["type"]
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    L2: EuclideanLossParameter.Type
    L2sqrt: EuclideanLossParameter.Type
    TYPE_FIELD_NUMBER: _ClassVar[int]
    type: EuclideanLossParameter.Type
    def __init__(self, type: _Optional[_Union[EuclideanLossParameter.Type, str]] = ...) -> None: ...

class EuclideanWeightedLossParameter(_message.Message):
    __slots__ = []
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    def __init__(self, **kwargs) -> None: ...

class EvalDataParameter(_message.Message):
    __slots__ = ["batch_size", "long_size", "resize_height", "resize_width", "root_folder", "scale", "short_size", "source"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    LONG_SIZE_FIELD_NUMBER: _ClassVar[int]
    RESIZE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    RESIZE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHORT_SIZE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    long_size: int
    resize_height: int
    resize_width: int
    root_folder: str
    scale: float
    short_size: int
    source: str
    def __init__(self, source: _Optional[str] = ..., scale: _Optional[float] = ..., batch_size: _Optional[int] = ..., resize_width: _Optional[int] = ..., resize_height: _Optional[int] = ..., short_size: _Optional[int] = ..., long_size: _Optional[int] = ..., root_folder: _Optional[str] = ...) -> None: ...

class EvalDetectionParameter(_message.Message):
    __slots__ = ["biases", "constriant", "nms", "num_class", "num_object", "save_output_param", "score_type", "side", "sqrt", "threshold"]
    class ScoreType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BIASES_FIELD_NUMBER: _ClassVar[int]
    CONSTRIANT_FIELD_NUMBER: _ClassVar[int]
    MULTIPLY: EvalDetectionParameter.ScoreType
    NMS_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    NUM_OBJECT_FIELD_NUMBER: _ClassVar[int]
    OBJ: EvalDetectionParameter.ScoreType
    PROB: EvalDetectionParameter.ScoreType
    SAVE_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SCORE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    SQRT_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    biases: _containers.RepeatedScalarFieldContainer[float]
    constriant: bool
    nms: float
    num_class: int
    num_object: int
    save_output_param: SaveOutputParameter
    score_type: EvalDetectionParameter.ScoreType
    side: int
    sqrt: bool
    threshold: float
    def __init__(self, side: _Optional[int] = ..., num_class: _Optional[int] = ..., num_object: _Optional[int] = ..., threshold: _Optional[float] = ..., sqrt: bool = ..., constriant: bool = ..., score_type: _Optional[_Union[EvalDetectionParameter.ScoreType, str]] = ..., nms: _Optional[float] = ..., biases: _Optional[_Iterable[float]] = ..., save_output_param: _Optional[_Union[SaveOutputParameter, _Mapping]] = ...) -> None: ...

class ExpandDimsNDParameter(_message.Message):
    __slots__ = ["axis"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    axis: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, axis: _Optional[_Iterable[int]] = ...) -> None: ...

class ExpansionParameter(_message.Message):
    __slots__ = ["max_expand_ratio", "prob"]
    MAX_EXPAND_RATIO_FIELD_NUMBER: _ClassVar[int]
    PROB_FIELD_NUMBER: _ClassVar[int]
    max_expand_ratio: float
    prob: float
    def __init__(self, prob: _Optional[float] = ..., max_expand_ratio: _Optional[float] = ...) -> None: ...

class FCNDataParameter(_message.Message):
    __slots__ = ["expand_bottom", "expand_left", "expand_right", "expand_top", "gaussian_size_h", "gaussian_size_w", "gaussian_std_h", "gaussian_std_w", "hog_cell_size", "min_iou", "roi_multiply_h", "roi_multiply_w", "scale_step", "scale_step_num", "template_h", "template_w", "use_hog"]
    EXPAND_BOTTOM_FIELD_NUMBER: _ClassVar[int]
    EXPAND_LEFT_FIELD_NUMBER: _ClassVar[int]
    EXPAND_RIGHT_FIELD_NUMBER: _ClassVar[int]
    EXPAND_TOP_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_SIZE_H_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_SIZE_W_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_STD_H_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_STD_W_FIELD_NUMBER: _ClassVar[int]
    HOG_CELL_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_IOU_FIELD_NUMBER: _ClassVar[int]
    ROI_MULTIPLY_H_FIELD_NUMBER: _ClassVar[int]
    ROI_MULTIPLY_W_FIELD_NUMBER: _ClassVar[int]
    SCALE_STEP_FIELD_NUMBER: _ClassVar[int]
    SCALE_STEP_NUM_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_H_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_W_FIELD_NUMBER: _ClassVar[int]
    USE_HOG_FIELD_NUMBER: _ClassVar[int]
    expand_bottom: float
    expand_left: float
    expand_right: float
    expand_top: float
    gaussian_size_h: int
    gaussian_size_w: int
    gaussian_std_h: float
    gaussian_std_w: float
    hog_cell_size: int
    min_iou: float
    roi_multiply_h: float
    roi_multiply_w: float
    scale_step: float
    scale_step_num: int
    template_h: int
    template_w: int
    use_hog: bool
    def __init__(self, template_h: _Optional[int] = ..., template_w: _Optional[int] = ..., expand_left: _Optional[float] = ..., expand_right: _Optional[float] = ..., expand_top: _Optional[float] = ..., expand_bottom: _Optional[float] = ..., roi_multiply_h: _Optional[float] = ..., roi_multiply_w: _Optional[float] = ..., scale_step: _Optional[float] = ..., scale_step_num: _Optional[int] = ..., gaussian_size_h: _Optional[int] = ..., gaussian_size_w: _Optional[int] = ..., gaussian_std_h: _Optional[float] = ..., gaussian_std_w: _Optional[float] = ..., use_hog: bool = ..., hog_cell_size: _Optional[int] = ..., min_iou: _Optional[float] = ...) -> None: ...

class FeatureDecayLossParameter(_message.Message):
    __slots__ = ["decay_threshold", "force_decay"]
    DECAY_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    FORCE_DECAY_FIELD_NUMBER: _ClassVar[int]
    decay_threshold: float
    force_decay: bool
    def __init__(self, decay_threshold: _Optional[float] = ..., force_decay: bool = ...) -> None: ...

class FilterParameter(_message.Message):
    __slots__ = ["axis", "num_output"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    axis: int
    num_output: int
    def __init__(self, axis: _Optional[int] = ..., num_output: _Optional[int] = ...) -> None: ...

class FixedParameter(_message.Message):
    __slots__ = ["bit_width", "enable", "fix_info", "fixed_method", "follow_data_layer", "moving_average_fraction"]
    class FixedMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BIT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    DIFF_A: FixedParameter.FixedMethod
    DIFF_S: FixedParameter.FixedMethod
    DIFF_S_SIGMOID: FixedParameter.FixedMethod
    ENABLE_FIELD_NUMBER: _ClassVar[int]
    FIXED_METHOD_FIELD_NUMBER: _ClassVar[int]
    FIX_INFO_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_DATA_LAYER_FIELD_NUMBER: _ClassVar[int]
    MOVING_AVERAGE_FRACTION_FIELD_NUMBER: _ClassVar[int]
    OVER_FLOW: FixedParameter.FixedMethod
    bit_width: int
    enable: bool
    fix_info: _containers.RepeatedScalarFieldContainer[int]
    fixed_method: FixedParameter.FixedMethod
    follow_data_layer: bool
    moving_average_fraction: float
    def __init__(self, enable: bool = ..., fixed_method: _Optional[_Union[FixedParameter.FixedMethod, str]] = ..., bit_width: _Optional[int] = ..., moving_average_fraction: _Optional[float] = ..., fix_info: _Optional[_Iterable[int]] = ..., follow_data_layer: bool = ...) -> None: ...

class FlipParameter(_message.Message):
    __slots__ = ["flip_height", "flip_width"]
    FLIP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    FLIP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    flip_height: bool
    flip_width: bool
    def __init__(self, flip_width: bool = ..., flip_height: bool = ...) -> None: ...

class FlowTransformerParameter(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class FlowWarpParameter(_message.Message):
    __slots__ = ["fill_value"]
    class FillParameter(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    FILL_VALUE_FIELD_NUMBER: _ClassVar[int]
    NOT_A_NUMBER: FlowWarpParameter.FillParameter
    ZERO: FlowWarpParameter.FillParameter
    fill_value: FlowWarpParameter.FillParameter
    def __init__(self, fill_value: _Optional[_Union[FlowWarpParameter.FillParameter, str]] = ...) -> None: ...

class FocalLossParameter(_message.Message):
    __slots__ = ["alpha", "beta", "gama", "gamma", "type"]
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    GAMA_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    LINEAR: FocalLossParameter.Type
    ONEADDP: FocalLossParameter.Type
    ORIGIN: FocalLossParameter.Type
    TYPE_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    beta: float
    gama: float
    gamma: float
    type: FocalLossParameter.Type
    def __init__(self, type: _Optional[_Union[FocalLossParameter.Type, str]] = ..., gamma: _Optional[float] = ..., alpha: _Optional[float] = ..., beta: _Optional[float] = ..., gama: _Optional[float] = ...) -> None: ...

class FrcnnOutputParameter(_message.Message):
    __slots__ = ["conf_thr", "iou_thr", "max_det_num", "nms_type", "save_output_param"]
    CONF_THR_FIELD_NUMBER: _ClassVar[int]
    IOU_THR_FIELD_NUMBER: _ClassVar[int]
    MAX_DET_NUM_FIELD_NUMBER: _ClassVar[int]
    NMS_TYPE_FIELD_NUMBER: _ClassVar[int]
    SAVE_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    conf_thr: float
    iou_thr: float
    max_det_num: int
    nms_type: str
    save_output_param: SaveOutputParameter
    def __init__(self, conf_thr: _Optional[float] = ..., iou_thr: _Optional[float] = ..., nms_type: _Optional[str] = ..., max_det_num: _Optional[int] = ..., save_output_param: _Optional[_Union[SaveOutputParameter, _Mapping]] = ...) -> None: ...

class GSTilingParameter(_message.Message):
    __slots__ = ["reverse", "stride"]
    REVERSE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    reverse: bool
    stride: int
    def __init__(self, stride: _Optional[int] = ..., reverse: bool = ...) -> None: ...

class GainChannelParameter(_message.Message):
    __slots__ = ["drift", "gain_filler", "norm_mean", "num_output_nz", "stdev", "thresh"]
    DRIFT_FIELD_NUMBER: _ClassVar[int]
    GAIN_FILLER_FIELD_NUMBER: _ClassVar[int]
    NORM_MEAN_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_NZ_FIELD_NUMBER: _ClassVar[int]
    STDEV_FIELD_NUMBER: _ClassVar[int]
    THRESH_FIELD_NUMBER: _ClassVar[int]
    drift: float
    gain_filler: _shared_pb2.FillerParameter
    norm_mean: bool
    num_output_nz: int
    stdev: float
    thresh: float
    def __init__(self, num_output_nz: _Optional[int] = ..., drift: _Optional[float] = ..., stdev: _Optional[float] = ..., gain_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., norm_mean: bool = ..., thresh: _Optional[float] = ...) -> None: ...

class GeneralContrastiveParameter(_message.Message):
    __slots__ = ["add_intra_mae", "exp_negative_weight", "max_negative_margin", "max_negative_only", "max_positive_only", "negative_margin", "negative_weight", "normalize_negative", "positive_first", "positive_margin", "positive_outlier_thresh", "positive_upper_bound", "positive_weight", "square"]
    ADD_INTRA_MAE_FIELD_NUMBER: _ClassVar[int]
    EXP_NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    MAX_NEGATIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    MAX_NEGATIVE_ONLY_FIELD_NUMBER: _ClassVar[int]
    MAX_POSITIVE_ONLY_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_NEGATIVE_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_FIRST_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_OUTLIER_THRESH_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    SQUARE_FIELD_NUMBER: _ClassVar[int]
    add_intra_mae: bool
    exp_negative_weight: bool
    max_negative_margin: float
    max_negative_only: bool
    max_positive_only: bool
    negative_margin: float
    negative_weight: float
    normalize_negative: float
    positive_first: bool
    positive_margin: float
    positive_outlier_thresh: float
    positive_upper_bound: float
    positive_weight: float
    square: bool
    def __init__(self, positive_margin: _Optional[float] = ..., negative_margin: _Optional[float] = ..., positive_weight: _Optional[float] = ..., negative_weight: _Optional[float] = ..., normalize_negative: _Optional[float] = ..., positive_outlier_thresh: _Optional[float] = ..., square: bool = ..., max_negative_only: bool = ..., max_positive_only: bool = ..., positive_first: bool = ..., positive_upper_bound: _Optional[float] = ..., exp_negative_weight: bool = ..., add_intra_mae: bool = ..., max_negative_margin: _Optional[float] = ...) -> None: ...

class GeneralTripletParameter(_message.Message):
    __slots__ = ["add_center_loss", "hardest_only", "margin", "negative_weight", "positive_first", "positive_upper_bound", "positive_weight"]
    ADD_CENTER_LOSS_FIELD_NUMBER: _ClassVar[int]
    HARDEST_ONLY_FIELD_NUMBER: _ClassVar[int]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_FIRST_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    add_center_loss: bool
    hardest_only: bool
    margin: float
    negative_weight: float
    positive_first: bool
    positive_upper_bound: float
    positive_weight: float
    def __init__(self, margin: _Optional[float] = ..., add_center_loss: bool = ..., hardest_only: bool = ..., positive_first: bool = ..., positive_upper_bound: _Optional[float] = ..., positive_weight: _Optional[float] = ..., negative_weight: _Optional[float] = ...) -> None: ...

class GeometryParameter(_message.Message):
    __slots__ = ["all_effects", "pad_mode", "persp_factor", "persp_horizontal", "persp_vertical", "prob", "zoom_factor", "zoom_in", "zoom_out"]
    class Pad_mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ALL_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    CONSTANT: GeometryParameter.Pad_mode
    MIRRORED: GeometryParameter.Pad_mode
    PAD_MODE_FIELD_NUMBER: _ClassVar[int]
    PERSP_FACTOR_FIELD_NUMBER: _ClassVar[int]
    PERSP_HORIZONTAL_FIELD_NUMBER: _ClassVar[int]
    PERSP_VERTICAL_FIELD_NUMBER: _ClassVar[int]
    PROB_FIELD_NUMBER: _ClassVar[int]
    REPEAT_NEAREST: GeometryParameter.Pad_mode
    ZOOM_FACTOR_FIELD_NUMBER: _ClassVar[int]
    ZOOM_IN_FIELD_NUMBER: _ClassVar[int]
    ZOOM_OUT_FIELD_NUMBER: _ClassVar[int]
    all_effects: bool
    pad_mode: GeometryParameter.Pad_mode
    persp_factor: float
    persp_horizontal: bool
    persp_vertical: bool
    prob: float
    zoom_factor: float
    zoom_in: bool
    zoom_out: bool
    def __init__(self, prob: _Optional[float] = ..., persp_horizontal: bool = ..., persp_vertical: bool = ..., zoom_out: bool = ..., zoom_in: bool = ..., zoom_factor: _Optional[float] = ..., persp_factor: _Optional[float] = ..., all_effects: bool = ..., pad_mode: _Optional[_Union[GeometryParameter.Pad_mode, str]] = ...) -> None: ...

class GradientScalerParameter(_message.Message):
    __slots__ = ["alpha", "lower_bound", "max_iter", "scale_factor", "threshold_iter", "upper_bound"]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    LOWER_BOUND_FIELD_NUMBER: _ClassVar[int]
    MAX_ITER_FIELD_NUMBER: _ClassVar[int]
    SCALE_FACTOR_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_ITER_FIELD_NUMBER: _ClassVar[int]
    UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    lower_bound: float
    max_iter: float
    scale_factor: float
    threshold_iter: int
    upper_bound: float
    def __init__(self, lower_bound: _Optional[float] = ..., upper_bound: _Optional[float] = ..., alpha: _Optional[float] = ..., max_iter: _Optional[float] = ..., threshold_iter: _Optional[int] = ..., scale_factor: _Optional[float] = ...) -> None: ...

class GuidedDropoutParameter(_message.Message):
    __slots__ = ["guidance_threshold", "sigmoid_scaler", "type"]
    GUIDANCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    SIGMOID_SCALER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    guidance_threshold: float
    sigmoid_scaler: float
    type: str
    def __init__(self, type: _Optional[str] = ..., guidance_threshold: _Optional[float] = ..., sigmoid_scaler: _Optional[float] = ...) -> None: ...

class HardMiningParameter(_message.Message):
    __slots__ = ["num_image", "num_roi_per_image"]
    NUM_IMAGE_FIELD_NUMBER: _ClassVar[int]
    NUM_ROI_PER_IMAGE_FIELD_NUMBER: _ClassVar[int]
    num_image: int
    num_roi_per_image: int
    def __init__(self, num_roi_per_image: _Optional[int] = ..., num_image: _Optional[int] = ...) -> None: ...

class HistogramParameter(_message.Message):
    __slots__ = ["ignore_label", "num_labels"]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    NUM_LABELS_FIELD_NUMBER: _ClassVar[int]
    ignore_label: _containers.RepeatedScalarFieldContainer[int]
    num_labels: int
    def __init__(self, num_labels: _Optional[int] = ..., ignore_label: _Optional[_Iterable[int]] = ...) -> None: ...

class HotspotParameter(_message.Message):
    __slots__ = ["data_height", "data_width", "gaussian_std", "mean_removed", "output_height", "output_width"]
    DATA_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    DATA_WIDTH_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_STD_FIELD_NUMBER: _ClassVar[int]
    MEAN_REMOVED_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    data_height: int
    data_width: int
    gaussian_std: float
    mean_removed: bool
    output_height: int
    output_width: int
    def __init__(self, gaussian_std: _Optional[float] = ..., output_height: _Optional[int] = ..., output_width: _Optional[int] = ..., data_height: _Optional[int] = ..., data_width: _Optional[int] = ..., mean_removed: bool = ...) -> None: ...

class HumanAttDataParameter(_message.Message):
    __slots__ = ["att_num", "batch_size", "is_color", "new_height", "new_width", "rand_skip", "root_folder", "shuffle", "source"]
    ATT_NUM_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    IS_COLOR_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    att_num: int
    batch_size: int
    is_color: bool
    new_height: int
    new_width: int
    rand_skip: int
    root_folder: str
    shuffle: bool
    source: str
    def __init__(self, source: _Optional[str] = ..., root_folder: _Optional[str] = ..., batch_size: _Optional[int] = ..., shuffle: bool = ..., new_height: _Optional[int] = ..., new_width: _Optional[int] = ..., is_color: bool = ..., rand_skip: _Optional[int] = ..., att_num: _Optional[int] = ...) -> None: ...

class HyperColumnsParameter(_message.Message):
    __slots__ = ["is_train", "sample_num", "skip_ratio"]
    IS_TRAIN_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_NUM_FIELD_NUMBER: _ClassVar[int]
    SKIP_RATIO_FIELD_NUMBER: _ClassVar[int]
    is_train: bool
    sample_num: int
    skip_ratio: int
    def __init__(self, is_train: bool = ..., sample_num: _Optional[int] = ..., skip_ratio: _Optional[int] = ...) -> None: ...

class IgnoreOverlayParameter(_message.Message):
    __slots__ = ["ignore_label"]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    ignore_label: int
    def __init__(self, ignore_label: _Optional[int] = ...) -> None: ...

class ImageGtDataParameter(_message.Message):
    __slots__ = ["batch_size", "cache_images", "coord_num", "crop_height", "crop_width", "do_multiple_scale", "downsample_rate", "fg_img_multiple", "fg_threshold", "field_h", "field_w", "max_scale", "max_whaspect", "mean_file", "min_gt_height", "min_gt_width", "min_scale", "min_whaspect", "mirror", "output_gt_boxes", "resize_height", "resize_width", "root_folder", "scale", "shuffle", "source"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CACHE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    COORD_NUM_FIELD_NUMBER: _ClassVar[int]
    CROP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CROP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    DOWNSAMPLE_RATE_FIELD_NUMBER: _ClassVar[int]
    DO_MULTIPLE_SCALE_FIELD_NUMBER: _ClassVar[int]
    FG_IMG_MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    FG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    FIELD_H_FIELD_NUMBER: _ClassVar[int]
    FIELD_W_FIELD_NUMBER: _ClassVar[int]
    MAX_SCALE_FIELD_NUMBER: _ClassVar[int]
    MAX_WHASPECT_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MIN_GT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    MIN_GT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    MIN_SCALE_FIELD_NUMBER: _ClassVar[int]
    MIN_WHASPECT_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_GT_BOXES_FIELD_NUMBER: _ClassVar[int]
    RESIZE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    RESIZE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    cache_images: bool
    coord_num: int
    crop_height: int
    crop_width: int
    do_multiple_scale: bool
    downsample_rate: _containers.RepeatedScalarFieldContainer[int]
    fg_img_multiple: int
    fg_threshold: float
    field_h: _containers.RepeatedScalarFieldContainer[int]
    field_w: _containers.RepeatedScalarFieldContainer[int]
    max_scale: int
    max_whaspect: float
    mean_file: str
    min_gt_height: float
    min_gt_width: float
    min_scale: int
    min_whaspect: float
    mirror: bool
    output_gt_boxes: bool
    resize_height: int
    resize_width: int
    root_folder: str
    scale: float
    shuffle: bool
    source: str
    def __init__(self, source: _Optional[str] = ..., scale: _Optional[float] = ..., mean_file: _Optional[str] = ..., batch_size: _Optional[int] = ..., mirror: bool = ..., downsample_rate: _Optional[_Iterable[int]] = ..., coord_num: _Optional[int] = ..., field_h: _Optional[_Iterable[int]] = ..., field_w: _Optional[_Iterable[int]] = ..., fg_threshold: _Optional[float] = ..., resize_width: _Optional[int] = ..., resize_height: _Optional[int] = ..., crop_width: _Optional[int] = ..., crop_height: _Optional[int] = ..., do_multiple_scale: bool = ..., min_scale: _Optional[int] = ..., max_scale: _Optional[int] = ..., min_whaspect: _Optional[float] = ..., max_whaspect: _Optional[float] = ..., min_gt_width: _Optional[float] = ..., min_gt_height: _Optional[float] = ..., shuffle: bool = ..., output_gt_boxes: bool = ..., fg_img_multiple: _Optional[int] = ..., cache_images: bool = ..., root_folder: _Optional[str] = ...) -> None: ...

class InfimumLossParamter(_message.Message):
    __slots__ = ["infimum"]
    INFIMUM_FIELD_NUMBER: _ClassVar[int]
    infimum: float
    def __init__(self, infimum: _Optional[float] = ...) -> None: ...

class InnerDistanceParameter(_message.Message):
    __slots__ = ["axis", "bias_filler", "bias_term", "distance_type", "normalize", "num_output", "transpose", "update_center_only", "weight_filler"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_CENTER_ONLY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    distance_type: str
    normalize: bool
    num_output: int
    transpose: bool
    update_center_only: bool
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., bias_term: bool = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., axis: _Optional[int] = ..., transpose: bool = ..., distance_type: _Optional[str] = ..., normalize: bool = ..., update_center_only: bool = ...) -> None: ...

class InnerProductBlobParameter(_message.Message):
    __slots__ = ["transpose"]
    TRANSPOSE_FIELD_NUMBER: _ClassVar[int]
    transpose: bool
    def __init__(self, transpose: bool = ...) -> None: ...

class InsanityParameter(_message.Message):
    __slots__ = ["lb", "ub"]
    LB_FIELD_NUMBER: _ClassVar[int]
    UB_FIELD_NUMBER: _ClassVar[int]
    lb: float
    ub: float
    def __init__(self, lb: _Optional[float] = ..., ub: _Optional[float] = ...) -> None: ...

class InterpParameter(_message.Message):
    __slots__ = ["height", "pad_beg", "pad_end", "shrink_factor", "use_blob_size", "width", "zoom_factor"]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PAD_BEG_FIELD_NUMBER: _ClassVar[int]
    PAD_END_FIELD_NUMBER: _ClassVar[int]
    SHRINK_FACTOR_FIELD_NUMBER: _ClassVar[int]
    USE_BLOB_SIZE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    ZOOM_FACTOR_FIELD_NUMBER: _ClassVar[int]
    height: int
    pad_beg: int
    pad_end: int
    shrink_factor: int
    use_blob_size: bool
    width: int
    zoom_factor: int
    def __init__(self, height: _Optional[int] = ..., width: _Optional[int] = ..., zoom_factor: _Optional[int] = ..., shrink_factor: _Optional[int] = ..., pad_beg: _Optional[int] = ..., pad_end: _Optional[int] = ..., use_blob_size: bool = ...) -> None: ...

class JMMDParameter(_message.Message):
    __slots__ = ["auto_sigma", "fix_gamma", "kernel_mul", "kernel_num", "label_kernel_mul", "label_kernel_num", "sigma"]
    AUTO_SIGMA_FIELD_NUMBER: _ClassVar[int]
    FIX_GAMMA_FIELD_NUMBER: _ClassVar[int]
    KERNEL_MUL_FIELD_NUMBER: _ClassVar[int]
    KERNEL_NUM_FIELD_NUMBER: _ClassVar[int]
    LABEL_KERNEL_MUL_FIELD_NUMBER: _ClassVar[int]
    LABEL_KERNEL_NUM_FIELD_NUMBER: _ClassVar[int]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    auto_sigma: bool
    fix_gamma: bool
    kernel_mul: float
    kernel_num: int
    label_kernel_mul: float
    label_kernel_num: int
    sigma: float
    def __init__(self, kernel_num: _Optional[int] = ..., kernel_mul: _Optional[float] = ..., label_kernel_mul: _Optional[float] = ..., label_kernel_num: _Optional[int] = ..., sigma: _Optional[float] = ..., auto_sigma: bool = ..., fix_gamma: bool = ...) -> None: ...

class JfdaLossParameter(_message.Message):
    __slots__ = ["drop_loss_rate"]
    DROP_LOSS_RATE_FIELD_NUMBER: _ClassVar[int]
    drop_loss_rate: float
    def __init__(self, drop_loss_rate: _Optional[float] = ...) -> None: ...

class L1LossParameter(_message.Message):
    __slots__ = ["epsilon", "l2_per_location", "l2_prescale_by_channels", "normalize_by_num_entries", "plateau"]
    EPSILON_FIELD_NUMBER: _ClassVar[int]
    L2_PER_LOCATION_FIELD_NUMBER: _ClassVar[int]
    L2_PRESCALE_BY_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_BY_NUM_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PLATEAU_FIELD_NUMBER: _ClassVar[int]
    epsilon: float
    l2_per_location: bool
    l2_prescale_by_channels: bool
    normalize_by_num_entries: bool
    plateau: float
    def __init__(self, l2_per_location: bool = ..., l2_prescale_by_channels: bool = ..., normalize_by_num_entries: bool = ..., epsilon: _Optional[float] = ..., plateau: _Optional[float] = ...) -> None: ...

class LSTMConvolutionParameter(_message.Message):
    __slots__ = ["bias_filler", "bias_term", "dilation", "engine", "force_nd_im2col", "group", "kernel_size", "num_output", "pad", "stride", "type", "weight_filler"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    CAFFE: LSTMConvolutionParameter.Engine
    CUDNN: LSTMConvolutionParameter.Engine
    DEFAULT: LSTMConvolutionParameter.Engine
    DILATION_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FORCE_ND_IM2COL_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    dilation: _containers.RepeatedScalarFieldContainer[int]
    engine: LSTMConvolutionParameter.Engine
    force_nd_im2col: bool
    group: int
    kernel_size: _containers.RepeatedScalarFieldContainer[int]
    num_output: int
    pad: _containers.RepeatedScalarFieldContainer[int]
    stride: _containers.RepeatedScalarFieldContainer[int]
    type: str
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., bias_term: bool = ..., pad: _Optional[_Iterable[int]] = ..., kernel_size: _Optional[_Iterable[int]] = ..., group: _Optional[int] = ..., stride: _Optional[_Iterable[int]] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., engine: _Optional[_Union[LSTMConvolutionParameter.Engine, str]] = ..., force_nd_im2col: bool = ..., dilation: _Optional[_Iterable[int]] = ..., type: _Optional[str] = ...) -> None: ...

class LSTMDebugParameter(_message.Message):
    __slots__ = ["axis_hadamard", "disable_hadamard", "ignore_x", "num_axes_hadamard"]
    AXIS_HADAMARD_FIELD_NUMBER: _ClassVar[int]
    DISABLE_HADAMARD_FIELD_NUMBER: _ClassVar[int]
    IGNORE_X_FIELD_NUMBER: _ClassVar[int]
    NUM_AXES_HADAMARD_FIELD_NUMBER: _ClassVar[int]
    axis_hadamard: int
    disable_hadamard: bool
    ignore_x: bool
    num_axes_hadamard: int
    def __init__(self, disable_hadamard: bool = ..., axis_hadamard: _Optional[int] = ..., num_axes_hadamard: _Optional[int] = ..., ignore_x: bool = ...) -> None: ...

class LabelMap(_message.Message):
    __slots__ = ["item"]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    item: _containers.RepeatedCompositeFieldContainer[LabelMapItem]
    def __init__(self, item: _Optional[_Iterable[_Union[LabelMapItem, _Mapping]]] = ...) -> None: ...

class LabelMapItem(_message.Message):
    __slots__ = ["display_name", "label", "name"]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    display_name: str
    label: int
    name: str
    def __init__(self, name: _Optional[str] = ..., label: _Optional[int] = ..., display_name: _Optional[str] = ...) -> None: ...

class LabelSpecificAddParameter(_message.Message):
    __slots__ = ["bias", "bias_base", "bias_gamma", "bias_max", "bias_min", "bias_power", "iteration", "transform_test"]
    BIAS_BASE_FIELD_NUMBER: _ClassVar[int]
    BIAS_FIELD_NUMBER: _ClassVar[int]
    BIAS_GAMMA_FIELD_NUMBER: _ClassVar[int]
    BIAS_MAX_FIELD_NUMBER: _ClassVar[int]
    BIAS_MIN_FIELD_NUMBER: _ClassVar[int]
    BIAS_POWER_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_TEST_FIELD_NUMBER: _ClassVar[int]
    bias: float
    bias_base: float
    bias_gamma: float
    bias_max: float
    bias_min: float
    bias_power: float
    iteration: int
    transform_test: bool
    def __init__(self, bias: _Optional[float] = ..., transform_test: bool = ..., bias_base: _Optional[float] = ..., bias_gamma: _Optional[float] = ..., bias_power: _Optional[float] = ..., bias_min: _Optional[float] = ..., bias_max: _Optional[float] = ..., iteration: _Optional[int] = ...) -> None: ...

class LabelSpecificAffineParameter(_message.Message):
    __slots__ = ["auto_tune", "bias_base", "bias_gamma", "bias_max", "bias_power", "iteration", "power_base", "power_gamma", "power_min", "power_power", "reset", "scale_base", "scale_gamma", "scale_max", "scale_power", "transform_test"]
    AUTO_TUNE_FIELD_NUMBER: _ClassVar[int]
    BIAS_BASE_FIELD_NUMBER: _ClassVar[int]
    BIAS_GAMMA_FIELD_NUMBER: _ClassVar[int]
    BIAS_MAX_FIELD_NUMBER: _ClassVar[int]
    BIAS_POWER_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    POWER_BASE_FIELD_NUMBER: _ClassVar[int]
    POWER_GAMMA_FIELD_NUMBER: _ClassVar[int]
    POWER_MIN_FIELD_NUMBER: _ClassVar[int]
    POWER_POWER_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    SCALE_BASE_FIELD_NUMBER: _ClassVar[int]
    SCALE_GAMMA_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    SCALE_POWER_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_TEST_FIELD_NUMBER: _ClassVar[int]
    auto_tune: bool
    bias_base: float
    bias_gamma: float
    bias_max: float
    bias_power: float
    iteration: int
    power_base: float
    power_gamma: float
    power_min: float
    power_power: float
    reset: bool
    scale_base: float
    scale_gamma: float
    scale_max: float
    scale_power: float
    transform_test: bool
    def __init__(self, scale_base: _Optional[float] = ..., scale_gamma: _Optional[float] = ..., scale_power: _Optional[float] = ..., scale_max: _Optional[float] = ..., transform_test: bool = ..., iteration: _Optional[int] = ..., bias_base: _Optional[float] = ..., bias_gamma: _Optional[float] = ..., bias_power: _Optional[float] = ..., bias_max: _Optional[float] = ..., power_base: _Optional[float] = ..., power_gamma: _Optional[float] = ..., power_power: _Optional[float] = ..., power_min: _Optional[float] = ..., auto_tune: bool = ..., reset: bool = ...) -> None: ...

class LabelSpecificHardMarginParameter(_message.Message):
    __slots__ = ["positive_weight"]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    positive_weight: float
    def __init__(self, positive_weight: _Optional[float] = ...) -> None: ...

class LabelSpecificMarginParameter(_message.Message):
    __slots__ = ["auto_tune", "gamma", "iteration", "margin_base", "margin_max", "margin_on_test", "power", "reset_margin", "type"]
    class MarginType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AUTO_TUNE_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    HARD: LabelSpecificMarginParameter.MarginType
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    MARGIN_BASE_FIELD_NUMBER: _ClassVar[int]
    MARGIN_MAX_FIELD_NUMBER: _ClassVar[int]
    MARGIN_ON_TEST_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    RESET_MARGIN_FIELD_NUMBER: _ClassVar[int]
    SOFT: LabelSpecificMarginParameter.MarginType
    TYPE_FIELD_NUMBER: _ClassVar[int]
    auto_tune: bool
    gamma: float
    iteration: int
    margin_base: float
    margin_max: float
    margin_on_test: bool
    power: float
    reset_margin: bool
    type: LabelSpecificMarginParameter.MarginType
    def __init__(self, margin_base: _Optional[float] = ..., margin_max: _Optional[float] = ..., power: _Optional[float] = ..., gamma: _Optional[float] = ..., iteration: _Optional[int] = ..., reset_margin: bool = ..., margin_on_test: bool = ..., auto_tune: bool = ..., type: _Optional[_Union[LabelSpecificMarginParameter.MarginType, str]] = ...) -> None: ...

class LabelSpecificRescaleParameter(_message.Message):
    __slots__ = ["bias_fix", "for_ip", "gamma", "iteration", "negative_upper_bound", "negative_weight", "positive_lower_bound", "positive_weight", "positive_weight_base", "positive_weight_max", "positive_weight_min", "power", "power_on_positive", "rescale_test"]
    BIAS_FIX_FIELD_NUMBER: _ClassVar[int]
    FOR_IP_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_LOWER_BOUND_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_BASE_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_MAX_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_MIN_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    POWER_ON_POSITIVE_FIELD_NUMBER: _ClassVar[int]
    RESCALE_TEST_FIELD_NUMBER: _ClassVar[int]
    bias_fix: bool
    for_ip: bool
    gamma: float
    iteration: int
    negative_upper_bound: float
    negative_weight: float
    positive_lower_bound: float
    positive_weight: float
    positive_weight_base: float
    positive_weight_max: float
    positive_weight_min: float
    power: float
    power_on_positive: bool
    rescale_test: bool
    def __init__(self, positive_weight: _Optional[float] = ..., negative_weight: _Optional[float] = ..., positive_lower_bound: _Optional[float] = ..., negative_upper_bound: _Optional[float] = ..., rescale_test: bool = ..., for_ip: bool = ..., positive_weight_base: _Optional[float] = ..., gamma: _Optional[float] = ..., power: _Optional[float] = ..., positive_weight_min: _Optional[float] = ..., positive_weight_max: _Optional[float] = ..., iteration: _Optional[int] = ..., bias_fix: bool = ..., power_on_positive: bool = ...) -> None: ...

class LabeledMatchingParameter(_message.Message):
    __slots__ = ["momentum", "num_classes"]
    MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    momentum: float
    num_classes: int
    def __init__(self, num_classes: _Optional[int] = ..., momentum: _Optional[float] = ...) -> None: ...

class LabelsequenceAccuracyParameter(_message.Message):
    __slots__ = ["blank_label"]
    BLANK_LABEL_FIELD_NUMBER: _ClassVar[int]
    blank_label: int
    def __init__(self, blank_label: _Optional[int] = ...) -> None: ...

class LaneInfo(_message.Message):
    __slots__ = ["id", "x", "y"]
    ID_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    id: int
    x: float
    y: float
    def __init__(self, x: _Optional[float] = ..., y: _Optional[float] = ..., id: _Optional[int] = ...) -> None: ...

class LargeMarginInnerProductParameter(_message.Message):
    __slots__ = ["axis", "base", "gamma", "iteration", "lambda_min", "num_output", "power", "type", "weight_filler"]
    class LargeMarginType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    DOUBLE: LargeMarginInnerProductParameter.LargeMarginType
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_MIN_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    QUADRUPLE: LargeMarginInnerProductParameter.LargeMarginType
    SINGLE: LargeMarginInnerProductParameter.LargeMarginType
    TRIPLE: LargeMarginInnerProductParameter.LargeMarginType
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    base: float
    gamma: float
    iteration: int
    lambda_min: float
    num_output: int
    power: float
    type: LargeMarginInnerProductParameter.LargeMarginType
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., type: _Optional[_Union[LargeMarginInnerProductParameter.LargeMarginType, str]] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., axis: _Optional[int] = ..., base: _Optional[float] = ..., gamma: _Optional[float] = ..., power: _Optional[float] = ..., iteration: _Optional[int] = ..., lambda_min: _Optional[float] = ...) -> None: ...

class LiftedStructSimilaritySoftmaxLossParameter(_message.Message):
    __slots__ = ["margin"]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    margin: float
    def __init__(self, margin: _Optional[float] = ...) -> None: ...

class LocLossParameter(_message.Message):
    __slots__ = ["threshold"]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    threshold: float
    def __init__(self, threshold: _Optional[float] = ...) -> None: ...

class LocalParameter(_message.Message):
    __slots__ = ["bias_filler", "bias_term", "kernel_size", "num_output", "pad", "stride", "weight_filler"]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    kernel_size: int
    num_output: int
    pad: int
    stride: int
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., bias_term: bool = ..., pad: _Optional[int] = ..., kernel_size: _Optional[int] = ..., stride: _Optional[int] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ...) -> None: ...

class LpqLossParameter(_message.Message):
    __slots__ = ["l2_prescale_by_channels", "normalize_by_num_entries", "p", "p_epsilon", "pq_episode_starts_at_iter", "q", "q_epsilon"]
    L2_PRESCALE_BY_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_BY_NUM_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PQ_EPISODE_STARTS_AT_ITER_FIELD_NUMBER: _ClassVar[int]
    P_EPSILON_FIELD_NUMBER: _ClassVar[int]
    P_FIELD_NUMBER: _ClassVar[int]
    Q_EPSILON_FIELD_NUMBER: _ClassVar[int]
    Q_FIELD_NUMBER: _ClassVar[int]
    l2_prescale_by_channels: bool
    normalize_by_num_entries: bool
    p: _containers.RepeatedScalarFieldContainer[float]
    p_epsilon: float
    pq_episode_starts_at_iter: _containers.RepeatedScalarFieldContainer[int]
    q: _containers.RepeatedScalarFieldContainer[float]
    q_epsilon: float
    def __init__(self, pq_episode_starts_at_iter: _Optional[_Iterable[int]] = ..., p: _Optional[_Iterable[float]] = ..., q: _Optional[_Iterable[float]] = ..., p_epsilon: _Optional[float] = ..., q_epsilon: _Optional[float] = ..., l2_prescale_by_channels: bool = ..., normalize_by_num_entries: bool = ...) -> None: ...

class LstmParameter(_message.Message):
    __slots__ = ["batch_size", "bias_filler", "clipping_threshold", "num_output", "weight_filler"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    CLIPPING_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    bias_filler: _shared_pb2.FillerParameter
    clipping_threshold: float
    num_output: int
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., clipping_threshold: _Optional[float] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., batch_size: _Optional[int] = ...) -> None: ...

class MILDataParameter(_message.Message):
    __slots__ = ["channels", "ext", "images_per_batch", "label_file", "n_classes", "num_scales", "randomize", "root_dir", "scale_factor", "source"]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    EXT_FIELD_NUMBER: _ClassVar[int]
    IMAGES_PER_BATCH_FIELD_NUMBER: _ClassVar[int]
    LABEL_FILE_FIELD_NUMBER: _ClassVar[int]
    NUM_SCALES_FIELD_NUMBER: _ClassVar[int]
    N_CLASSES_FIELD_NUMBER: _ClassVar[int]
    RANDOMIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_DIR_FIELD_NUMBER: _ClassVar[int]
    SCALE_FACTOR_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    channels: int
    ext: str
    images_per_batch: int
    label_file: str
    n_classes: int
    num_scales: int
    randomize: bool
    root_dir: str
    scale_factor: float
    source: str
    def __init__(self, source: _Optional[str] = ..., num_scales: _Optional[int] = ..., images_per_batch: _Optional[int] = ..., channels: _Optional[int] = ..., n_classes: _Optional[int] = ..., scale_factor: _Optional[float] = ..., label_file: _Optional[str] = ..., root_dir: _Optional[str] = ..., ext: _Optional[str] = ..., randomize: bool = ...) -> None: ...

class MILParameter(_message.Message):
    __slots__ = ["context_per_roi", "type"]
    class MILType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CONTEXT_PER_ROI_FIELD_NUMBER: _ClassVar[int]
    MAX: MILParameter.MILType
    NOR: MILParameter.MILType
    TYPE_FIELD_NUMBER: _ClassVar[int]
    context_per_roi: int
    type: MILParameter.MILType
    def __init__(self, type: _Optional[_Union[MILParameter.MILType, str]] = ..., context_per_roi: _Optional[int] = ...) -> None: ...

class MMDParameter(_message.Message):
    __slots__ = ["fix_gamma", "kernel_mul", "kernel_num"]
    FIX_GAMMA_FIELD_NUMBER: _ClassVar[int]
    KERNEL_MUL_FIELD_NUMBER: _ClassVar[int]
    KERNEL_NUM_FIELD_NUMBER: _ClassVar[int]
    fix_gamma: bool
    kernel_mul: float
    kernel_num: int
    def __init__(self, kernel_num: _Optional[int] = ..., kernel_mul: _Optional[float] = ..., fix_gamma: bool = ...) -> None: ...

class MarginInnerProductParameter(_message.Message):
    __slots__ = ["axis", "base", "gamma", "iteration", "lambda_min", "num_output", "power", "temp_seqid_num", "type", "weight_filler"]
    class MarginType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    DOUBLE: MarginInnerProductParameter.MarginType
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_MIN_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    QUADRUPLE: MarginInnerProductParameter.MarginType
    SINGLE: MarginInnerProductParameter.MarginType
    TEMP_SEQID_NUM_FIELD_NUMBER: _ClassVar[int]
    TRIPLE: MarginInnerProductParameter.MarginType
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    base: float
    gamma: float
    iteration: int
    lambda_min: float
    num_output: int
    power: float
    temp_seqid_num: int
    type: MarginInnerProductParameter.MarginType
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., type: _Optional[_Union[MarginInnerProductParameter.MarginType, str]] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., axis: _Optional[int] = ..., base: _Optional[float] = ..., gamma: _Optional[float] = ..., power: _Optional[float] = ..., iteration: _Optional[int] = ..., lambda_min: _Optional[float] = ..., temp_seqid_num: _Optional[int] = ...) -> None: ...

class MaskOutputsParameter(_message.Message):
    __slots__ = ["kernel_size"]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    kernel_size: int
    def __init__(self, kernel_size: _Optional[int] = ...) -> None: ...

class MaskResizeParameter(_message.Message):
    __slots__ = ["factor_height", "factor_width", "output_height", "output_width"]
    FACTOR_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    FACTOR_WIDTH_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    factor_height: float
    factor_width: float
    output_height: int
    output_width: int
    def __init__(self, output_height: _Optional[int] = ..., output_width: _Optional[int] = ..., factor_height: _Optional[float] = ..., factor_width: _Optional[float] = ...) -> None: ...

class MatReadParameter(_message.Message):
    __slots__ = ["batch_size", "prefix", "source", "strip"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STRIP_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    prefix: str
    source: str
    strip: int
    def __init__(self, prefix: _Optional[str] = ..., source: _Optional[str] = ..., strip: _Optional[int] = ..., batch_size: _Optional[int] = ...) -> None: ...

class MatWriteParameter(_message.Message):
    __slots__ = ["period", "prefix", "source", "strip"]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STRIP_FIELD_NUMBER: _ClassVar[int]
    period: int
    prefix: str
    source: str
    strip: int
    def __init__(self, prefix: _Optional[str] = ..., source: _Optional[str] = ..., strip: _Optional[int] = ..., period: _Optional[int] = ...) -> None: ...

class MeanParameter(_message.Message):
    __slots__ = ["file", "input_scale", "mean_scale", "operation", "output_scale", "value"]
    class MeanOperation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ADD: MeanParameter.MeanOperation
    FILE_FIELD_NUMBER: _ClassVar[int]
    INPUT_SCALE_FIELD_NUMBER: _ClassVar[int]
    MEAN_SCALE_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_SCALE_FIELD_NUMBER: _ClassVar[int]
    SUBTRACT: MeanParameter.MeanOperation
    VALUE_FIELD_NUMBER: _ClassVar[int]
    file: str
    input_scale: float
    mean_scale: float
    operation: MeanParameter.MeanOperation
    output_scale: float
    value: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, operation: _Optional[_Union[MeanParameter.MeanOperation, str]] = ..., file: _Optional[str] = ..., value: _Optional[_Iterable[float]] = ..., mean_scale: _Optional[float] = ..., input_scale: _Optional[float] = ..., output_scale: _Optional[float] = ...) -> None: ...

class MemoryOptimizationParameter(_message.Message):
    __slots__ = ["exclude_blob", "optimize_test", "optimize_train"]
    EXCLUDE_BLOB_FIELD_NUMBER: _ClassVar[int]
    OPTIMIZE_TEST_FIELD_NUMBER: _ClassVar[int]
    OPTIMIZE_TRAIN_FIELD_NUMBER: _ClassVar[int]
    exclude_blob: _containers.RepeatedScalarFieldContainer[str]
    optimize_test: bool
    optimize_train: bool
    def __init__(self, optimize_train: bool = ..., optimize_test: bool = ..., exclude_blob: _Optional[_Iterable[str]] = ...) -> None: ...

class MergeCropParameter(_message.Message):
    __slots__ = ["backward", "forward", "operation"]
    class MergeOp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ADD: MergeCropParameter.MergeOp
    BACKWARD_FIELD_NUMBER: _ClassVar[int]
    FORWARD_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    STACK: MergeCropParameter.MergeOp
    backward: _containers.RepeatedScalarFieldContainer[bool]
    forward: _containers.RepeatedScalarFieldContainer[bool]
    operation: MergeCropParameter.MergeOp
    def __init__(self, operation: _Optional[_Union[MergeCropParameter.MergeOp, str]] = ..., forward: _Optional[_Iterable[bool]] = ..., backward: _Optional[_Iterable[bool]] = ...) -> None: ...

class MergeDataParameter(_message.Message):
    __slots__ = ["max_substitute", "min_substitute"]
    MAX_SUBSTITUTE_FIELD_NUMBER: _ClassVar[int]
    MIN_SUBSTITUTE_FIELD_NUMBER: _ClassVar[int]
    max_substitute: int
    min_substitute: int
    def __init__(self, min_substitute: _Optional[int] = ..., max_substitute: _Optional[int] = ...) -> None: ...

class MnActivationParameter(_message.Message):
    __slots__ = ["model_parts_in", "model_parts_out", "need_reduce", "num_nodes_in", "num_nodes_out"]
    MODEL_PARTS_IN_FIELD_NUMBER: _ClassVar[int]
    MODEL_PARTS_OUT_FIELD_NUMBER: _ClassVar[int]
    NEED_REDUCE_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_IN_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_OUT_FIELD_NUMBER: _ClassVar[int]
    model_parts_in: int
    model_parts_out: int
    need_reduce: bool
    num_nodes_in: int
    num_nodes_out: int
    def __init__(self, num_nodes_in: _Optional[int] = ..., num_nodes_out: _Optional[int] = ..., model_parts_in: _Optional[int] = ..., model_parts_out: _Optional[int] = ..., need_reduce: bool = ...) -> None: ...

class MnModelParallelParameter(_message.Message):
    __slots__ = ["layer_from", "layer_to", "model_parts", "num_nodes"]
    LAYER_FROM_FIELD_NUMBER: _ClassVar[int]
    LAYER_TO_FIELD_NUMBER: _ClassVar[int]
    MODEL_PARTS_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_FIELD_NUMBER: _ClassVar[int]
    layer_from: str
    layer_to: str
    model_parts: int
    num_nodes: int
    def __init__(self, layer_from: _Optional[str] = ..., layer_to: _Optional[str] = ..., num_nodes: _Optional[int] = ..., model_parts: _Optional[int] = ...) -> None: ...

class MnParamGradCompressLayerTypeList(_message.Message):
    __slots__ = ["layer_type"]
    LAYER_TYPE_FIELD_NUMBER: _ClassVar[int]
    layer_type: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, layer_type: _Optional[_Iterable[str]] = ...) -> None: ...

class MnParamGradCompressParameter(_message.Message):
    __slots__ = ["param_grad_compress_enable"]
    PARAM_GRAD_COMPRESS_ENABLE_FIELD_NUMBER: _ClassVar[int]
    param_grad_compress_enable: _containers.RepeatedScalarFieldContainer[bool]
    def __init__(self, param_grad_compress_enable: _Optional[_Iterable[bool]] = ...) -> None: ...

class ModulatedDeformableConvolutionParameter(_message.Message):
    __slots__ = ["axis", "bias_filler", "bias_term", "deformable_group", "dilation", "engine", "force_nd_im2col", "group", "kernel_h", "kernel_size", "kernel_w", "num_output", "pad", "pad_h", "pad_w", "stride", "stride_h", "stride_w", "weight_filler"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    CAFFE: ModulatedDeformableConvolutionParameter.Engine
    CUDNN: ModulatedDeformableConvolutionParameter.Engine
    DEFAULT: ModulatedDeformableConvolutionParameter.Engine
    DEFORMABLE_GROUP_FIELD_NUMBER: _ClassVar[int]
    DILATION_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FORCE_ND_IM2COL_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    deformable_group: int
    dilation: _containers.RepeatedScalarFieldContainer[int]
    engine: ModulatedDeformableConvolutionParameter.Engine
    force_nd_im2col: bool
    group: int
    kernel_h: int
    kernel_size: _containers.RepeatedScalarFieldContainer[int]
    kernel_w: int
    num_output: int
    pad: _containers.RepeatedScalarFieldContainer[int]
    pad_h: int
    pad_w: int
    stride: _containers.RepeatedScalarFieldContainer[int]
    stride_h: int
    stride_w: int
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., bias_term: bool = ..., pad: _Optional[_Iterable[int]] = ..., kernel_size: _Optional[_Iterable[int]] = ..., group: _Optional[int] = ..., stride: _Optional[_Iterable[int]] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., kernel_h: _Optional[int] = ..., kernel_w: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., engine: _Optional[_Union[ModulatedDeformableConvolutionParameter.Engine, str]] = ..., axis: _Optional[int] = ..., force_nd_im2col: bool = ..., dilation: _Optional[_Iterable[int]] = ..., deformable_group: _Optional[int] = ...) -> None: ...

class MultiBoxLossParameter(_message.Message):
    __slots__ = ["background_label_id", "bp_inside", "code_type", "conf_loss_type", "do_neg_mining", "encode_variance_in_target", "ignore_cross_boundary_bbox", "ignore_difficult_gt", "loc_loss_type", "loc_weight", "map_object_to_agnostic", "match_type", "mining_type", "neg_overlap", "neg_pos_ratio", "nms_param", "num_classes", "objectness_score", "overlap_threshold", "sample_size", "share_location", "use_difficult_gt", "use_polygon", "use_prior_for_matching", "use_prior_for_nms"]
    class ConfLossType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class LocLossType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class MatchType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class MiningType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    BIPARTITE: MultiBoxLossParameter.MatchType
    BP_INSIDE_FIELD_NUMBER: _ClassVar[int]
    CODE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONF_LOSS_TYPE_FIELD_NUMBER: _ClassVar[int]
    DO_NEG_MINING_FIELD_NUMBER: _ClassVar[int]
    ENCODE_VARIANCE_IN_TARGET_FIELD_NUMBER: _ClassVar[int]
    HARD_EXAMPLE: MultiBoxLossParameter.MiningType
    IGNORE_CROSS_BOUNDARY_BBOX_FIELD_NUMBER: _ClassVar[int]
    IGNORE_DIFFICULT_GT_FIELD_NUMBER: _ClassVar[int]
    L2: MultiBoxLossParameter.LocLossType
    LOC_LOSS_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOC_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    LOGISTIC: MultiBoxLossParameter.ConfLossType
    MAP_OBJECT_TO_AGNOSTIC_FIELD_NUMBER: _ClassVar[int]
    MATCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    MAX_NEGATIVE: MultiBoxLossParameter.MiningType
    MINING_TYPE_FIELD_NUMBER: _ClassVar[int]
    NEG_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    NEG_POS_RATIO_FIELD_NUMBER: _ClassVar[int]
    NMS_PARAM_FIELD_NUMBER: _ClassVar[int]
    NONE: MultiBoxLossParameter.MiningType
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    OBJECTNESS_SCORE_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    PER_PREDICTION: MultiBoxLossParameter.MatchType
    SAMPLE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SHARE_LOCATION_FIELD_NUMBER: _ClassVar[int]
    SMOOTH_L1: MultiBoxLossParameter.LocLossType
    SOFTMAX: MultiBoxLossParameter.ConfLossType
    USE_DIFFICULT_GT_FIELD_NUMBER: _ClassVar[int]
    USE_POLYGON_FIELD_NUMBER: _ClassVar[int]
    USE_PRIOR_FOR_MATCHING_FIELD_NUMBER: _ClassVar[int]
    USE_PRIOR_FOR_NMS_FIELD_NUMBER: _ClassVar[int]
    background_label_id: int
    bp_inside: bool
    code_type: PriorBoxParameter.CodeType
    conf_loss_type: MultiBoxLossParameter.ConfLossType
    do_neg_mining: bool
    encode_variance_in_target: bool
    ignore_cross_boundary_bbox: bool
    ignore_difficult_gt: bool
    loc_loss_type: MultiBoxLossParameter.LocLossType
    loc_weight: float
    map_object_to_agnostic: bool
    match_type: MultiBoxLossParameter.MatchType
    mining_type: MultiBoxLossParameter.MiningType
    neg_overlap: float
    neg_pos_ratio: float
    nms_param: NonMaximumSuppressionParameter
    num_classes: int
    objectness_score: float
    overlap_threshold: float
    sample_size: int
    share_location: bool
    use_difficult_gt: bool
    use_polygon: bool
    use_prior_for_matching: bool
    use_prior_for_nms: bool
    def __init__(self, loc_loss_type: _Optional[_Union[MultiBoxLossParameter.LocLossType, str]] = ..., conf_loss_type: _Optional[_Union[MultiBoxLossParameter.ConfLossType, str]] = ..., loc_weight: _Optional[float] = ..., num_classes: _Optional[int] = ..., share_location: bool = ..., match_type: _Optional[_Union[MultiBoxLossParameter.MatchType, str]] = ..., overlap_threshold: _Optional[float] = ..., use_prior_for_matching: bool = ..., background_label_id: _Optional[int] = ..., use_difficult_gt: bool = ..., do_neg_mining: bool = ..., neg_pos_ratio: _Optional[float] = ..., neg_overlap: _Optional[float] = ..., code_type: _Optional[_Union[PriorBoxParameter.CodeType, str]] = ..., encode_variance_in_target: bool = ..., map_object_to_agnostic: bool = ..., ignore_cross_boundary_bbox: bool = ..., bp_inside: bool = ..., mining_type: _Optional[_Union[MultiBoxLossParameter.MiningType, str]] = ..., nms_param: _Optional[_Union[NonMaximumSuppressionParameter, _Mapping]] = ..., sample_size: _Optional[int] = ..., use_prior_for_nms: bool = ..., objectness_score: _Optional[float] = ..., use_polygon: bool = ..., ignore_difficult_gt: bool = ...) -> None: ...

class MultiFrameDataParameter(_message.Message):
    __slots__ = ["batch_size", "crop_size", "mean_file", "mirror", "new_height", "new_length", "new_width", "num_segments", "rand_skip", "scale", "shuffle", "source"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_LENGTH_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    NUM_SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    crop_size: int
    mean_file: str
    mirror: bool
    new_height: int
    new_length: int
    new_width: int
    num_segments: int
    rand_skip: int
    scale: float
    shuffle: bool
    source: str
    def __init__(self, source: _Optional[str] = ..., scale: _Optional[float] = ..., mean_file: _Optional[str] = ..., batch_size: _Optional[int] = ..., crop_size: _Optional[int] = ..., mirror: bool = ..., rand_skip: _Optional[int] = ..., shuffle: bool = ..., new_height: _Optional[int] = ..., new_width: _Optional[int] = ..., new_length: _Optional[int] = ..., num_segments: _Optional[int] = ...) -> None: ...

class MultiStageMeanfieldParameter(_message.Message):
    __slots__ = ["bilateral_filter_weight", "compatibility_mode", "forced_bilateral_filter_weight", "forced_spatial_filter_weight", "num_iterations", "spatial_filter_weight", "theta_alpha", "theta_beta", "theta_gamma", "threshold"]
    class Mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BILATERAL_FILTER_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    COMPATIBILITY_MODE_FIELD_NUMBER: _ClassVar[int]
    FORCED_BILATERAL_FILTER_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    FORCED_SPATIAL_FILTER_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NUM_ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    POTTS: MultiStageMeanfieldParameter.Mode
    SPATIAL_FILTER_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    THETA_ALPHA_FIELD_NUMBER: _ClassVar[int]
    THETA_BETA_FIELD_NUMBER: _ClassVar[int]
    THETA_GAMMA_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    bilateral_filter_weight: float
    compatibility_mode: MultiStageMeanfieldParameter.Mode
    forced_bilateral_filter_weight: float
    forced_spatial_filter_weight: float
    num_iterations: int
    spatial_filter_weight: float
    theta_alpha: float
    theta_beta: float
    theta_gamma: float
    threshold: float
    def __init__(self, compatibility_mode: _Optional[_Union[MultiStageMeanfieldParameter.Mode, str]] = ..., threshold: _Optional[float] = ..., theta_alpha: _Optional[float] = ..., theta_beta: _Optional[float] = ..., theta_gamma: _Optional[float] = ..., num_iterations: _Optional[int] = ..., spatial_filter_weight: _Optional[float] = ..., bilateral_filter_weight: _Optional[float] = ..., forced_spatial_filter_weight: _Optional[float] = ..., forced_bilateral_filter_weight: _Optional[float] = ...) -> None: ...

class MultinodeLayerParameter(_message.Message):
    __slots__ = ["model_parts", "num_nodes"]
    MODEL_PARTS_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_FIELD_NUMBER: _ClassVar[int]
    model_parts: int
    num_nodes: int
    def __init__(self, num_nodes: _Optional[int] = ..., model_parts: _Optional[int] = ...) -> None: ...

class MultinodeParameter(_message.Message):
    __slots__ = ["compress_layer_type_list", "model_parallel"]
    COMPRESS_LAYER_TYPE_LIST_FIELD_NUMBER: _ClassVar[int]
    MODEL_PARALLEL_FIELD_NUMBER: _ClassVar[int]
    compress_layer_type_list: MnParamGradCompressLayerTypeList
    model_parallel: _containers.RepeatedCompositeFieldContainer[MnModelParallelParameter]
    def __init__(self, model_parallel: _Optional[_Iterable[_Union[MnModelParallelParameter, _Mapping]]] = ..., compress_layer_type_list: _Optional[_Union[MnParamGradCompressLayerTypeList, _Mapping]] = ...) -> None: ...

class MultinodeSolverParameter(_message.Message):
    __slots__ = ["wait_for_clients"]
    WAIT_FOR_CLIENTS_FIELD_NUMBER: _ClassVar[int]
    wait_for_clients: int
    def __init__(self, wait_for_clients: _Optional[int] = ...) -> None: ...

class NCAParameter(_message.Message):
    __slots__ = ["min_negative_only"]
    MIN_NEGATIVE_ONLY_FIELD_NUMBER: _ClassVar[int]
    min_negative_only: bool
    def __init__(self, min_negative_only: bool = ...) -> None: ...

class NNInterpParameter(_message.Message):
    __slots__ = ["height", "shrink_factor", "width", "zoom_factor"]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    SHRINK_FACTOR_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    ZOOM_FACTOR_FIELD_NUMBER: _ClassVar[int]
    height: int
    shrink_factor: int
    width: int
    zoom_factor: int
    def __init__(self, height: _Optional[int] = ..., width: _Optional[int] = ..., zoom_factor: _Optional[int] = ..., shrink_factor: _Optional[int] = ...) -> None: ...

class NoiseParameter(_message.Message):
    __slots__ = ["all_effects", "bias", "clahe", "convert_to_hsv", "convert_to_lab", "decolorize", "erode", "gauss_blur", "gaussian_std", "hist_eq", "inverse", "jpeg", "mu", "posterize", "prob", "saltpepper", "saltpepper_param", "sigma", "uniform_range"]
    ALL_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    BIAS_FIELD_NUMBER: _ClassVar[int]
    CLAHE_FIELD_NUMBER: _ClassVar[int]
    CONVERT_TO_HSV_FIELD_NUMBER: _ClassVar[int]
    CONVERT_TO_LAB_FIELD_NUMBER: _ClassVar[int]
    DECOLORIZE_FIELD_NUMBER: _ClassVar[int]
    ERODE_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_STD_FIELD_NUMBER: _ClassVar[int]
    GAUSS_BLUR_FIELD_NUMBER: _ClassVar[int]
    HIST_EQ_FIELD_NUMBER: _ClassVar[int]
    INVERSE_FIELD_NUMBER: _ClassVar[int]
    JPEG_FIELD_NUMBER: _ClassVar[int]
    MU_FIELD_NUMBER: _ClassVar[int]
    POSTERIZE_FIELD_NUMBER: _ClassVar[int]
    PROB_FIELD_NUMBER: _ClassVar[int]
    SALTPEPPER_FIELD_NUMBER: _ClassVar[int]
    SALTPEPPER_PARAM_FIELD_NUMBER: _ClassVar[int]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    UNIFORM_RANGE_FIELD_NUMBER: _ClassVar[int]
    all_effects: bool
    bias: float
    clahe: bool
    convert_to_hsv: bool
    convert_to_lab: bool
    decolorize: bool
    erode: bool
    gauss_blur: bool
    gaussian_std: float
    hist_eq: bool
    inverse: bool
    jpeg: float
    mu: float
    posterize: bool
    prob: float
    saltpepper: bool
    saltpepper_param: SaltPepperParameter
    sigma: float
    uniform_range: float
    def __init__(self, prob: _Optional[float] = ..., hist_eq: bool = ..., inverse: bool = ..., decolorize: bool = ..., gauss_blur: bool = ..., jpeg: _Optional[float] = ..., posterize: bool = ..., erode: bool = ..., saltpepper: bool = ..., saltpepper_param: _Optional[_Union[SaltPepperParameter, _Mapping]] = ..., clahe: bool = ..., convert_to_hsv: bool = ..., convert_to_lab: bool = ..., all_effects: bool = ..., gaussian_std: _Optional[float] = ..., uniform_range: _Optional[float] = ..., bias: _Optional[float] = ..., mu: _Optional[float] = ..., sigma: _Optional[float] = ...) -> None: ...

class NonMaximumSuppressionParameter(_message.Message):
    __slots__ = ["eta", "nms_threshold", "soft_nms", "theta", "top_k"]
    ETA_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    SOFT_NMS_FIELD_NUMBER: _ClassVar[int]
    THETA_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    eta: float
    nms_threshold: float
    soft_nms: bool
    theta: float
    top_k: int
    def __init__(self, nms_threshold: _Optional[float] = ..., top_k: _Optional[int] = ..., eta: _Optional[float] = ..., soft_nms: bool = ..., theta: _Optional[float] = ...) -> None: ...

class NormL2Parameter(_message.Message):
    __slots__ = ["spare"]
    SPARE_FIELD_NUMBER: _ClassVar[int]
    spare: float
    def __init__(self, spare: _Optional[float] = ...) -> None: ...

class NormalizeFeaturesParameter(_message.Message):
    __slots__ = ["bp_norm", "fix_gradient", "normalize_type"]
    BP_NORM_FIELD_NUMBER: _ClassVar[int]
    FIX_GRADIENT_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_TYPE_FIELD_NUMBER: _ClassVar[int]
    bp_norm: bool
    fix_gradient: bool
    normalize_type: str
    def __init__(self, normalize_type: _Optional[str] = ..., fix_gradient: bool = ..., bp_norm: bool = ...) -> None: ...

class NormalizeParameter(_message.Message):
    __slots__ = ["across_spatial", "channel_shared", "eps", "fix_scale", "scale_filler"]
    ACROSS_SPATIAL_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_SHARED_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    FIX_SCALE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FILLER_FIELD_NUMBER: _ClassVar[int]
    across_spatial: bool
    channel_shared: bool
    eps: float
    fix_scale: bool
    scale_filler: _shared_pb2.FillerParameter
    def __init__(self, across_spatial: bool = ..., scale_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., channel_shared: bool = ..., eps: _Optional[float] = ..., fix_scale: bool = ...) -> None: ...

class NormalizedBBox(_message.Message):
    __slots__ = ["difficult", "label", "score", "size", "xmax", "xmin", "ymax", "ymin"]
    DIFFICULT_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    XMAX_FIELD_NUMBER: _ClassVar[int]
    XMIN_FIELD_NUMBER: _ClassVar[int]
    YMAX_FIELD_NUMBER: _ClassVar[int]
    YMIN_FIELD_NUMBER: _ClassVar[int]
    difficult: bool
    label: int
    score: float
    size: float
    xmax: float
    xmin: float
    ymax: float
    ymin: float
    def __init__(self, xmin: _Optional[float] = ..., ymin: _Optional[float] = ..., xmax: _Optional[float] = ..., ymax: _Optional[float] = ..., label: _Optional[int] = ..., difficult: bool = ..., score: _Optional[float] = ..., size: _Optional[float] = ...) -> None: ...

class NormalizedPolygon(_message.Message):
    __slots__ = ["difficult", "score", "size", "x1", "x2", "x3", "x4", "y1", "y2", "y3", "y4"]
    DIFFICULT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    X1_FIELD_NUMBER: _ClassVar[int]
    X2_FIELD_NUMBER: _ClassVar[int]
    X3_FIELD_NUMBER: _ClassVar[int]
    X4_FIELD_NUMBER: _ClassVar[int]
    Y1_FIELD_NUMBER: _ClassVar[int]
    Y2_FIELD_NUMBER: _ClassVar[int]
    Y3_FIELD_NUMBER: _ClassVar[int]
    Y4_FIELD_NUMBER: _ClassVar[int]
    difficult: bool
    score: float
    size: float
    x1: float
    x2: float
    x3: float
    x4: float
    y1: float
    y2: float
    y3: float
    y4: float
    def __init__(self, x1: _Optional[float] = ..., y1: _Optional[float] = ..., x2: _Optional[float] = ..., y2: _Optional[float] = ..., x3: _Optional[float] = ..., y3: _Optional[float] = ..., x4: _Optional[float] = ..., y4: _Optional[float] = ..., difficult: bool = ..., score: _Optional[float] = ..., size: _Optional[float] = ...) -> None: ...

class NormalizedRBox(_message.Message):
    __slots__ = ["difficult", "h", "score", "size", "x1", "x2", "y1", "y2"]
    DIFFICULT_FIELD_NUMBER: _ClassVar[int]
    H_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    X1_FIELD_NUMBER: _ClassVar[int]
    X2_FIELD_NUMBER: _ClassVar[int]
    Y1_FIELD_NUMBER: _ClassVar[int]
    Y2_FIELD_NUMBER: _ClassVar[int]
    difficult: bool
    h: float
    score: float
    size: float
    x1: float
    x2: float
    y1: float
    y2: float
    def __init__(self, x1: _Optional[float] = ..., y1: _Optional[float] = ..., x2: _Optional[float] = ..., y2: _Optional[float] = ..., h: _Optional[float] = ..., difficult: bool = ..., score: _Optional[float] = ..., size: _Optional[float] = ...) -> None: ...

class OneHotParameter(_message.Message):
    __slots__ = ["num_labels"]
    NUM_LABELS_FIELD_NUMBER: _ClassVar[int]
    num_labels: int
    def __init__(self, num_labels: _Optional[int] = ...) -> None: ...

class OrdinalRegressionParameter(_message.Message):
    __slots__ = ["k", "weight_file"]
    K_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILE_FIELD_NUMBER: _ClassVar[int]
    k: int
    weight_file: str
    def __init__(self, k: _Optional[int] = ..., weight_file: _Optional[str] = ...) -> None: ...

class PSROIPoolingParameter(_message.Message):
    __slots__ = ["group_size", "output_dim", "spatial_scale"]
    GROUP_SIZE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DIM_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    group_size: int
    output_dim: int
    spatial_scale: float
    def __init__(self, spatial_scale: _Optional[float] = ..., output_dim: _Optional[int] = ..., group_size: _Optional[int] = ...) -> None: ...

class PadParameter(_message.Message):
    __slots__ = ["constant_values", "pad_d", "pad_l", "pad_r", "pad_type", "pad_u", "pad_value", "paddings"]
    class PadType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CONSTANT: PadParameter.PadType
    CONSTANT_VALUES_FIELD_NUMBER: _ClassVar[int]
    PADDINGS_FIELD_NUMBER: _ClassVar[int]
    PAD_D_FIELD_NUMBER: _ClassVar[int]
    PAD_L_FIELD_NUMBER: _ClassVar[int]
    PAD_R_FIELD_NUMBER: _ClassVar[int]
    PAD_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAD_U_FIELD_NUMBER: _ClassVar[int]
    PAD_VALUE_FIELD_NUMBER: _ClassVar[int]
    REFLECT: PadParameter.PadType
    REPLICATE: PadParameter.PadType
    constant_values: float
    pad_d: int
    pad_l: int
    pad_r: int
    pad_type: PadParameter.PadType
    pad_u: int
    pad_value: float
    paddings: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, pad_type: _Optional[_Union[PadParameter.PadType, str]] = ..., pad_u: _Optional[int] = ..., pad_d: _Optional[int] = ..., pad_l: _Optional[int] = ..., pad_r: _Optional[int] = ..., pad_value: _Optional[float] = ..., paddings: _Optional[_Iterable[int]] = ..., constant_values: _Optional[float] = ...) -> None: ...

class PaddingParameter(_message.Message):
    __slots__ = ["pad_beg", "pad_end"]
    PAD_BEG_FIELD_NUMBER: _ClassVar[int]
    PAD_END_FIELD_NUMBER: _ClassVar[int]
    pad_beg: int
    pad_end: int
    def __init__(self, pad_beg: _Optional[int] = ..., pad_end: _Optional[int] = ...) -> None: ...

class PairwiseParameter(_message.Message):
    __slots__ = ["axis", "class_num", "coeff", "continous_similarity", "engine", "l_lambda", "l_threshold", "operation", "q_gamma", "q_threshold", "sigmoid_param"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class PairwiseOp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    CAFFE: PairwiseParameter.Engine
    CLASS_NUM_FIELD_NUMBER: _ClassVar[int]
    COEFF_FIELD_NUMBER: _ClassVar[int]
    CONTINOUS_SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    CUDNN: PairwiseParameter.Engine
    DEFAULT: PairwiseParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    L_LAMBDA_FIELD_NUMBER: _ClassVar[int]
    L_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    MAX: PairwiseParameter.PairwiseOp
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    PROD: PairwiseParameter.PairwiseOp
    Q_GAMMA_FIELD_NUMBER: _ClassVar[int]
    Q_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    SIGMOID_PARAM_FIELD_NUMBER: _ClassVar[int]
    SUM: PairwiseParameter.PairwiseOp
    axis: int
    class_num: float
    coeff: _containers.RepeatedScalarFieldContainer[float]
    continous_similarity: bool
    engine: PairwiseParameter.Engine
    l_lambda: float
    l_threshold: float
    operation: PairwiseParameter.PairwiseOp
    q_gamma: float
    q_threshold: float
    sigmoid_param: float
    def __init__(self, operation: _Optional[_Union[PairwiseParameter.PairwiseOp, str]] = ..., coeff: _Optional[_Iterable[float]] = ..., engine: _Optional[_Union[PairwiseParameter.Engine, str]] = ..., l_threshold: _Optional[float] = ..., q_threshold: _Optional[float] = ..., l_lambda: _Optional[float] = ..., q_gamma: _Optional[float] = ..., class_num: _Optional[float] = ..., sigmoid_param: _Optional[float] = ..., continous_similarity: bool = ..., axis: _Optional[int] = ...) -> None: ...

class ParseEvaluateParameter(_message.Message):
    __slots__ = ["ignore_label", "num_labels"]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    NUM_LABELS_FIELD_NUMBER: _ClassVar[int]
    ignore_label: _containers.RepeatedScalarFieldContainer[int]
    num_labels: int
    def __init__(self, num_labels: _Optional[int] = ..., ignore_label: _Optional[_Iterable[int]] = ...) -> None: ...

class PermuteParameter(_message.Message):
    __slots__ = ["order"]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, order: _Optional[_Iterable[int]] = ...) -> None: ...

class Pooling3DParameter(_message.Message):
    __slots__ = ["engine", "global_pooling", "kernel_depth", "kernel_h", "kernel_l", "kernel_size", "kernel_w", "pad", "pad_h", "pad_l", "pad_w", "pool", "stride", "stride_h", "stride_l", "stride_w", "temporal_stride"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AVE: Pooling3DParameter.PoolMethod
    CAFFE: Pooling3DParameter.Engine
    CUDNN: Pooling3DParameter.Engine
    DEFAULT: Pooling3DParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_POOLING_FIELD_NUMBER: _ClassVar[int]
    KERNEL_DEPTH_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_L_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    MAX: Pooling3DParameter.PoolMethod
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_L_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    POOL_FIELD_NUMBER: _ClassVar[int]
    STOCHASTIC: Pooling3DParameter.PoolMethod
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_L_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_STRIDE_FIELD_NUMBER: _ClassVar[int]
    engine: Pooling3DParameter.Engine
    global_pooling: bool
    kernel_depth: int
    kernel_h: int
    kernel_l: int
    kernel_size: int
    kernel_w: int
    pad: int
    pad_h: int
    pad_l: int
    pad_w: int
    pool: Pooling3DParameter.PoolMethod
    stride: int
    stride_h: int
    stride_l: int
    stride_w: int
    temporal_stride: int
    def __init__(self, pool: _Optional[_Union[Pooling3DParameter.PoolMethod, str]] = ..., kernel_size: _Optional[int] = ..., stride: _Optional[int] = ..., pad: _Optional[int] = ..., kernel_depth: _Optional[int] = ..., temporal_stride: _Optional[int] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., pad_l: _Optional[int] = ..., kernel_h: _Optional[int] = ..., kernel_w: _Optional[int] = ..., kernel_l: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., stride_l: _Optional[int] = ..., engine: _Optional[_Union[Pooling3DParameter.Engine, str]] = ..., global_pooling: bool = ...) -> None: ...

class PoolingNDParameter(_message.Message):
    __slots__ = ["axis", "engine", "global_pooling", "kernel_h", "kernel_size", "kernel_w", "pad", "pad_h", "pad_w", "pool", "stride", "stride_h", "stride_w"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AVE: PoolingNDParameter.PoolMethod
    AXIS_FIELD_NUMBER: _ClassVar[int]
    CAFFE: PoolingNDParameter.Engine
    CUDNN: PoolingNDParameter.Engine
    DEFAULT: PoolingNDParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_POOLING_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    MAX: PoolingNDParameter.PoolMethod
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    POOL_FIELD_NUMBER: _ClassVar[int]
    STOCHASTIC: PoolingNDParameter.PoolMethod
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    axis: int
    engine: PoolingNDParameter.Engine
    global_pooling: bool
    kernel_h: int
    kernel_size: _containers.RepeatedScalarFieldContainer[int]
    kernel_w: int
    pad: _containers.RepeatedScalarFieldContainer[int]
    pad_h: int
    pad_w: int
    pool: PoolingNDParameter.PoolMethod
    stride: _containers.RepeatedScalarFieldContainer[int]
    stride_h: int
    stride_w: int
    def __init__(self, pool: _Optional[_Union[PoolingNDParameter.PoolMethod, str]] = ..., pad: _Optional[_Iterable[int]] = ..., kernel_size: _Optional[_Iterable[int]] = ..., stride: _Optional[_Iterable[int]] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., kernel_h: _Optional[int] = ..., kernel_w: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., engine: _Optional[_Union[PoolingNDParameter.Engine, str]] = ..., global_pooling: bool = ..., axis: _Optional[int] = ...) -> None: ...

class PowerFileParameter(_message.Message):
    __slots__ = ["shift_file"]
    SHIFT_FILE_FIELD_NUMBER: _ClassVar[int]
    shift_file: str
    def __init__(self, shift_file: _Optional[str] = ...) -> None: ...

class PredictBoxParameter(_message.Message):
    __slots__ = ["bbreg_exp", "nms", "output_vector", "positive_thresh", "receptive_field", "stride"]
    BBREG_EXP_FIELD_NUMBER: _ClassVar[int]
    NMS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_VECTOR_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_THRESH_FIELD_NUMBER: _ClassVar[int]
    RECEPTIVE_FIELD_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    bbreg_exp: bool
    nms: bool
    output_vector: bool
    positive_thresh: float
    receptive_field: int
    stride: int
    def __init__(self, stride: _Optional[int] = ..., receptive_field: _Optional[int] = ..., nms: bool = ..., output_vector: bool = ..., positive_thresh: _Optional[float] = ..., bbreg_exp: bool = ...) -> None: ...

class PriorBoxParameter(_message.Message):
    __slots__ = ["aspect_ratio", "box_height", "box_width", "clip", "denser_prior_boxes", "density", "fixed_ratio", "fixed_size", "flip", "height", "img_h", "img_size", "img_w", "keras", "max_size", "min_size", "offset", "step", "step_h", "step_w", "tf", "variance", "width", "yx_order"]
    class CodeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    BOX_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    BOX_WIDTH_FIELD_NUMBER: _ClassVar[int]
    CENTER_SIZE: PriorBoxParameter.CodeType
    CLIP_FIELD_NUMBER: _ClassVar[int]
    CORNER: PriorBoxParameter.CodeType
    CORNER_SIZE: PriorBoxParameter.CodeType
    DENSER_PRIOR_BOXES_FIELD_NUMBER: _ClassVar[int]
    DENSITY_FIELD_NUMBER: _ClassVar[int]
    FIXED_RATIO_FIELD_NUMBER: _ClassVar[int]
    FIXED_SIZE_FIELD_NUMBER: _ClassVar[int]
    FLIP_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    IMG_H_FIELD_NUMBER: _ClassVar[int]
    IMG_SIZE_FIELD_NUMBER: _ClassVar[int]
    IMG_W_FIELD_NUMBER: _ClassVar[int]
    KERAS_FIELD_NUMBER: _ClassVar[int]
    MAX_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    STEP_H_FIELD_NUMBER: _ClassVar[int]
    STEP_W_FIELD_NUMBER: _ClassVar[int]
    TF_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    YX_ORDER_FIELD_NUMBER: _ClassVar[int]
    aspect_ratio: _containers.RepeatedScalarFieldContainer[float]
    box_height: _containers.RepeatedScalarFieldContainer[float]
    box_width: _containers.RepeatedScalarFieldContainer[float]
    clip: bool
    denser_prior_boxes: bool
    density: _containers.RepeatedScalarFieldContainer[float]
    fixed_ratio: _containers.RepeatedScalarFieldContainer[float]
    fixed_size: _containers.RepeatedScalarFieldContainer[float]
    flip: bool
    height: _containers.RepeatedScalarFieldContainer[float]
    img_h: int
    img_size: int
    img_w: int
    keras: bool
    max_size: _containers.RepeatedScalarFieldContainer[float]
    min_size: _containers.RepeatedScalarFieldContainer[float]
    offset: float
    step: float
    step_h: float
    step_w: float
    tf: bool
    variance: _containers.RepeatedScalarFieldContainer[float]
    width: _containers.RepeatedScalarFieldContainer[float]
    yx_order: bool
    def __init__(self, min_size: _Optional[_Iterable[float]] = ..., max_size: _Optional[_Iterable[float]] = ..., aspect_ratio: _Optional[_Iterable[float]] = ..., flip: bool = ..., clip: bool = ..., variance: _Optional[_Iterable[float]] = ..., img_size: _Optional[int] = ..., img_h: _Optional[int] = ..., img_w: _Optional[int] = ..., step: _Optional[float] = ..., step_h: _Optional[float] = ..., step_w: _Optional[float] = ..., offset: _Optional[float] = ..., denser_prior_boxes: bool = ..., fixed_size: _Optional[_Iterable[float]] = ..., fixed_ratio: _Optional[_Iterable[float]] = ..., density: _Optional[_Iterable[float]] = ..., width: _Optional[_Iterable[float]] = ..., height: _Optional[_Iterable[float]] = ..., box_width: _Optional[_Iterable[float]] = ..., box_height: _Optional[_Iterable[float]] = ..., tf: bool = ..., yx_order: bool = ..., keras: bool = ...) -> None: ...

class ProposalParameter(_message.Message):
    __slots__ = ["anchor", "anchor_base_size", "anchor_ratio", "anchor_scale", "base_size", "feat_stride", "max_rois", "min_height", "min_size", "min_width", "nms_input_num", "nms_iou_th", "nms_output_num", "nms_thresh", "post_nms_topn", "pre_nms_topn", "ratio", "rpn_min_size", "rpn_nms_thresh", "scale", "stride_h", "stride_w"]
    class Anchor(_message.Message):
        __slots__ = ["bottom", "left", "right", "top"]
        BOTTOM_FIELD_NUMBER: _ClassVar[int]
        LEFT_FIELD_NUMBER: _ClassVar[int]
        RIGHT_FIELD_NUMBER: _ClassVar[int]
        TOP_FIELD_NUMBER: _ClassVar[int]
        bottom: float
        left: float
        right: float
        top: float
        def __init__(self, left: _Optional[float] = ..., top: _Optional[float] = ..., right: _Optional[float] = ..., bottom: _Optional[float] = ...) -> None: ...
    ANCHOR_BASE_SIZE_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_RATIO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_SCALE_FIELD_NUMBER: _ClassVar[int]
    BASE_SIZE_FIELD_NUMBER: _ClassVar[int]
    FEAT_STRIDE_FIELD_NUMBER: _ClassVar[int]
    MAX_ROIS_FIELD_NUMBER: _ClassVar[int]
    MIN_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_WIDTH_FIELD_NUMBER: _ClassVar[int]
    NMS_INPUT_NUM_FIELD_NUMBER: _ClassVar[int]
    NMS_IOU_TH_FIELD_NUMBER: _ClassVar[int]
    NMS_OUTPUT_NUM_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESH_FIELD_NUMBER: _ClassVar[int]
    POST_NMS_TOPN_FIELD_NUMBER: _ClassVar[int]
    PRE_NMS_TOPN_FIELD_NUMBER: _ClassVar[int]
    RATIO_FIELD_NUMBER: _ClassVar[int]
    RPN_MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    RPN_NMS_THRESH_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    anchor: _containers.RepeatedCompositeFieldContainer[ProposalParameter.Anchor]
    anchor_base_size: int
    anchor_ratio: int
    anchor_scale: int
    base_size: int
    feat_stride: int
    max_rois: int
    min_height: float
    min_size: int
    min_width: float
    nms_input_num: int
    nms_iou_th: float
    nms_output_num: int
    nms_thresh: float
    post_nms_topn: int
    pre_nms_topn: int
    ratio: _containers.RepeatedScalarFieldContainer[float]
    rpn_min_size: float
    rpn_nms_thresh: float
    scale: _containers.RepeatedScalarFieldContainer[float]
    stride_h: int
    stride_w: int
    def __init__(self, feat_stride: _Optional[int] = ..., base_size: _Optional[int] = ..., min_size: _Optional[int] = ..., ratio: _Optional[_Iterable[float]] = ..., scale: _Optional[_Iterable[float]] = ..., pre_nms_topn: _Optional[int] = ..., post_nms_topn: _Optional[int] = ..., nms_thresh: _Optional[float] = ..., nms_input_num: _Optional[int] = ..., nms_output_num: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., nms_iou_th: _Optional[float] = ..., min_width: _Optional[float] = ..., min_height: _Optional[float] = ..., anchor: _Optional[_Iterable[_Union[ProposalParameter.Anchor, _Mapping]]] = ..., anchor_base_size: _Optional[int] = ..., anchor_scale: _Optional[int] = ..., anchor_ratio: _Optional[int] = ..., max_rois: _Optional[int] = ..., rpn_min_size: _Optional[float] = ..., rpn_nms_thresh: _Optional[float] = ...) -> None: ...

class ProposalTargetParameter(_message.Message):
    __slots__ = ["append_gtbox", "batch_size", "bbox_thr_hg", "bbox_thr_lw", "bg_thr_hg", "bg_thr_lw", "cls_num", "fg_fraction", "fg_thr", "img_height", "img_width", "iou_weighted", "num_img_per_batch", "pickup_discard"]
    APPEND_GTBOX_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    BBOX_THR_HG_FIELD_NUMBER: _ClassVar[int]
    BBOX_THR_LW_FIELD_NUMBER: _ClassVar[int]
    BG_THR_HG_FIELD_NUMBER: _ClassVar[int]
    BG_THR_LW_FIELD_NUMBER: _ClassVar[int]
    CLS_NUM_FIELD_NUMBER: _ClassVar[int]
    FG_FRACTION_FIELD_NUMBER: _ClassVar[int]
    FG_THR_FIELD_NUMBER: _ClassVar[int]
    IMG_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    IMG_WIDTH_FIELD_NUMBER: _ClassVar[int]
    IOU_WEIGHTED_FIELD_NUMBER: _ClassVar[int]
    NUM_IMG_PER_BATCH_FIELD_NUMBER: _ClassVar[int]
    PICKUP_DISCARD_FIELD_NUMBER: _ClassVar[int]
    append_gtbox: bool
    batch_size: int
    bbox_thr_hg: float
    bbox_thr_lw: float
    bg_thr_hg: float
    bg_thr_lw: float
    cls_num: int
    fg_fraction: float
    fg_thr: float
    img_height: int
    img_width: int
    iou_weighted: bool
    num_img_per_batch: int
    pickup_discard: bool
    def __init__(self, cls_num: _Optional[int] = ..., batch_size: _Optional[int] = ..., fg_fraction: _Optional[float] = ..., num_img_per_batch: _Optional[int] = ..., fg_thr: _Optional[float] = ..., bg_thr_hg: _Optional[float] = ..., bg_thr_lw: _Optional[float] = ..., img_width: _Optional[int] = ..., img_height: _Optional[int] = ..., iou_weighted: bool = ..., bbox_thr_lw: _Optional[float] = ..., bbox_thr_hg: _Optional[float] = ..., pickup_discard: bool = ..., append_gtbox: bool = ...) -> None: ...

class QuantParameter(_message.Message):
    __slots__ = ["backward_func", "centers", "clip_thr", "forward_func", "negative_slope", "thrs"]
    BACKWARD_FUNC_FIELD_NUMBER: _ClassVar[int]
    CENTERS_FIELD_NUMBER: _ClassVar[int]
    CLIP_THR_FIELD_NUMBER: _ClassVar[int]
    FORWARD_FUNC_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_SLOPE_FIELD_NUMBER: _ClassVar[int]
    THRS_FIELD_NUMBER: _ClassVar[int]
    backward_func: str
    centers: _containers.RepeatedScalarFieldContainer[float]
    clip_thr: float
    forward_func: str
    negative_slope: float
    thrs: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, forward_func: _Optional[str] = ..., backward_func: _Optional[str] = ..., clip_thr: _Optional[float] = ..., negative_slope: _Optional[float] = ..., thrs: _Optional[_Iterable[float]] = ..., centers: _Optional[_Iterable[float]] = ...) -> None: ...

class QuantizationParameter(_message.Message):
    __slots__ = ["bw_layer_in", "bw_layer_out", "bw_params", "exp_bits", "exp_max", "exp_min", "fl_layer_in", "fl_layer_out", "fl_params", "force_u8_input", "is_negative_input", "mant_bits", "precision", "rounding_scheme", "scale_in", "scale_out", "scale_params"]
    class Precision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Rounding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BW_LAYER_IN_FIELD_NUMBER: _ClassVar[int]
    BW_LAYER_OUT_FIELD_NUMBER: _ClassVar[int]
    BW_PARAMS_FIELD_NUMBER: _ClassVar[int]
    DYNAMIC_FIXED_POINT: QuantizationParameter.Precision
    EXP_BITS_FIELD_NUMBER: _ClassVar[int]
    EXP_MAX_FIELD_NUMBER: _ClassVar[int]
    EXP_MIN_FIELD_NUMBER: _ClassVar[int]
    FL_LAYER_IN_FIELD_NUMBER: _ClassVar[int]
    FL_LAYER_OUT_FIELD_NUMBER: _ClassVar[int]
    FL_PARAMS_FIELD_NUMBER: _ClassVar[int]
    FORCE_U8_INPUT_FIELD_NUMBER: _ClassVar[int]
    INTEGER_POWER_OF_2_WEIGHTS: QuantizationParameter.Precision
    IS_NEGATIVE_INPUT_FIELD_NUMBER: _ClassVar[int]
    MANT_BITS_FIELD_NUMBER: _ClassVar[int]
    MINIFLOAT: QuantizationParameter.Precision
    NEAREST: QuantizationParameter.Rounding
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    ROUNDING_SCHEME_FIELD_NUMBER: _ClassVar[int]
    SCALE_IN_FIELD_NUMBER: _ClassVar[int]
    SCALE_OUT_FIELD_NUMBER: _ClassVar[int]
    SCALE_PARAMS_FIELD_NUMBER: _ClassVar[int]
    STOCHASTIC: QuantizationParameter.Rounding
    bw_layer_in: int
    bw_layer_out: int
    bw_params: int
    exp_bits: int
    exp_max: int
    exp_min: int
    fl_layer_in: _containers.RepeatedScalarFieldContainer[int]
    fl_layer_out: _containers.RepeatedScalarFieldContainer[int]
    fl_params: _containers.RepeatedScalarFieldContainer[int]
    force_u8_input: bool
    is_negative_input: bool
    mant_bits: int
    precision: QuantizationParameter.Precision
    rounding_scheme: QuantizationParameter.Rounding
    scale_in: _containers.RepeatedScalarFieldContainer[float]
    scale_out: _containers.RepeatedScalarFieldContainer[float]
    scale_params: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, precision: _Optional[_Union[QuantizationParameter.Precision, str]] = ..., rounding_scheme: _Optional[_Union[QuantizationParameter.Rounding, str]] = ..., bw_layer_in: _Optional[int] = ..., bw_layer_out: _Optional[int] = ..., bw_params: _Optional[int] = ..., fl_layer_in: _Optional[_Iterable[int]] = ..., fl_layer_out: _Optional[_Iterable[int]] = ..., fl_params: _Optional[_Iterable[int]] = ..., mant_bits: _Optional[int] = ..., exp_bits: _Optional[int] = ..., exp_min: _Optional[int] = ..., exp_max: _Optional[int] = ..., scale_in: _Optional[_Iterable[float]] = ..., scale_out: _Optional[_Iterable[float]] = ..., scale_params: _Optional[_Iterable[float]] = ..., is_negative_input: bool = ..., force_u8_input: bool = ...) -> None: ...

class QuantizerParameter(_message.Message):
    __slots__ = ["device", "input_data_type", "max_in", "max_out", "min_in", "min_out", "mode", "name", "observed_max", "observed_min", "output_data_type", "pseudo_reset_observed", "pseudo_target_type", "zone"]
    class DataType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CAFFE_DOUBLE: QuantizerParameter.DataType
    CAFFE_FLOAT: QuantizerParameter.DataType
    CAFFE_HALF: QuantizerParameter.DataType
    CAFFE_INT16_QUANTIZED: QuantizerParameter.DataType
    CAFFE_INT32_QUANTIZED: QuantizerParameter.DataType
    CAFFE_INT64_QUANTIZED: QuantizerParameter.DataType
    CAFFE_INT8_QUANTIZED: QuantizerParameter.DataType
    CAFFE_PACKED_BINARY: QuantizerParameter.DataType
    CAFFE_QUANT_OBSERVE: QuantizerParameter.Mode
    CAFFE_QUANT_PASSIVE: QuantizerParameter.Mode
    CAFFE_QUANT_PSEUDO: QuantizerParameter.Mode
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    INPUT_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    MAX_IN_FIELD_NUMBER: _ClassVar[int]
    MAX_OUT_FIELD_NUMBER: _ClassVar[int]
    MIN_IN_FIELD_NUMBER: _ClassVar[int]
    MIN_OUT_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_MAX_FIELD_NUMBER: _ClassVar[int]
    OBSERVED_MIN_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    PSEUDO_RESET_OBSERVED_FIELD_NUMBER: _ClassVar[int]
    PSEUDO_TARGET_TYPE_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    device: int
    input_data_type: QuantizerParameter.DataType
    max_in: float
    max_out: float
    min_in: float
    min_out: float
    mode: QuantizerParameter.Mode
    name: str
    observed_max: float
    observed_min: float
    output_data_type: QuantizerParameter.DataType
    pseudo_reset_observed: bool
    pseudo_target_type: QuantizerParameter.DataType
    zone: int
    def __init__(self, name: _Optional[str] = ..., zone: _Optional[int] = ..., input_data_type: _Optional[_Union[QuantizerParameter.DataType, str]] = ..., output_data_type: _Optional[_Union[QuantizerParameter.DataType, str]] = ..., observed_max: _Optional[float] = ..., observed_min: _Optional[float] = ..., max_in: _Optional[float] = ..., min_in: _Optional[float] = ..., max_out: _Optional[float] = ..., min_out: _Optional[float] = ..., mode: _Optional[_Union[QuantizerParameter.Mode, str]] = ..., device: _Optional[int] = ..., pseudo_target_type: _Optional[_Union[QuantizerParameter.DataType, str]] = ..., pseudo_reset_observed: bool = ...) -> None: ...

class RNNParameter(_message.Message):
    __slots__ = ["num_hidden", "output_nonlinearity", "recurrent_nonlinearity"]
    NUM_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_NONLINEARITY_FIELD_NUMBER: _ClassVar[int]
    RECURRENT_NONLINEARITY_FIELD_NUMBER: _ClassVar[int]
    num_hidden: int
    output_nonlinearity: str
    recurrent_nonlinearity: str
    def __init__(self, output_nonlinearity: _Optional[str] = ..., recurrent_nonlinearity: _Optional[str] = ..., num_hidden: _Optional[int] = ...) -> None: ...

class ROIPoolingParameter(_message.Message):
    __slots__ = ["pad_ratio", "pooled_h", "pooled_l", "pooled_size", "pooled_w", "spatial_scale", "temporal_scale"]
    PAD_RATIO_FIELD_NUMBER: _ClassVar[int]
    POOLED_H_FIELD_NUMBER: _ClassVar[int]
    POOLED_L_FIELD_NUMBER: _ClassVar[int]
    POOLED_SIZE_FIELD_NUMBER: _ClassVar[int]
    POOLED_W_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    pad_ratio: float
    pooled_h: int
    pooled_l: int
    pooled_size: _containers.RepeatedScalarFieldContainer[int]
    pooled_w: int
    spatial_scale: float
    temporal_scale: float
    def __init__(self, pooled_h: _Optional[int] = ..., pooled_w: _Optional[int] = ..., spatial_scale: _Optional[float] = ..., pooled_size: _Optional[_Iterable[int]] = ..., pad_ratio: _Optional[float] = ..., pooled_l: _Optional[int] = ..., temporal_scale: _Optional[float] = ...) -> None: ...

class ROIWarpingParameter(_message.Message):
    __slots__ = ["pooled_h", "pooled_w", "spatial_scale"]
    POOLED_H_FIELD_NUMBER: _ClassVar[int]
    POOLED_W_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    def __init__(self, pooled_h: _Optional[int] = ..., pooled_w: _Optional[int] = ..., spatial_scale: _Optional[float] = ...) -> None: ...

class RandomAspectRatioParameter(_message.Message):
    __slots__ = ["aspect_ratio_change", "max_area_ratio", "max_attempt", "min_area_ratio", "resize_param"]
    ASPECT_RATIO_CHANGE_FIELD_NUMBER: _ClassVar[int]
    MAX_AREA_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    MIN_AREA_RATIO_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    aspect_ratio_change: float
    max_area_ratio: float
    max_attempt: int
    min_area_ratio: float
    resize_param: ResizeParameter
    def __init__(self, min_area_ratio: _Optional[float] = ..., max_area_ratio: _Optional[float] = ..., aspect_ratio_change: _Optional[float] = ..., max_attempt: _Optional[int] = ..., resize_param: _Optional[_Union[ResizeParameter, _Mapping]] = ...) -> None: ...

class RandomGeneratorParameter(_message.Message):
    __slots__ = ["apply_schedule", "discretize", "exp", "mean", "multiplier", "prob", "rand_type", "spread"]
    APPLY_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    DISCRETIZE_FIELD_NUMBER: _ClassVar[int]
    EXP_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    PROB_FIELD_NUMBER: _ClassVar[int]
    RAND_TYPE_FIELD_NUMBER: _ClassVar[int]
    SPREAD_FIELD_NUMBER: _ClassVar[int]
    apply_schedule: bool
    discretize: bool
    exp: bool
    mean: float
    multiplier: float
    prob: float
    rand_type: str
    spread: float
    def __init__(self, rand_type: _Optional[str] = ..., exp: bool = ..., mean: _Optional[float] = ..., spread: _Optional[float] = ..., prob: _Optional[float] = ..., apply_schedule: bool = ..., discretize: bool = ..., multiplier: _Optional[float] = ...) -> None: ...

class RandomResizeParameter(_message.Message):
    __slots__ = ["max_size", "min_size", "resize_param"]
    MAX_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    max_size: int
    min_size: int
    resize_param: ResizeParameter
    def __init__(self, min_size: _Optional[int] = ..., max_size: _Optional[int] = ..., resize_param: _Optional[_Union[ResizeParameter, _Mapping]] = ...) -> None: ...

class RankHardLossParameter(_message.Message):
    __slots__ = ["hard_ratio", "margin", "neg_num", "pair_size", "rand_ratio"]
    HARD_RATIO_FIELD_NUMBER: _ClassVar[int]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    NEG_NUM_FIELD_NUMBER: _ClassVar[int]
    PAIR_SIZE_FIELD_NUMBER: _ClassVar[int]
    RAND_RATIO_FIELD_NUMBER: _ClassVar[int]
    hard_ratio: float
    margin: float
    neg_num: int
    pair_size: int
    rand_ratio: float
    def __init__(self, neg_num: _Optional[int] = ..., pair_size: _Optional[int] = ..., hard_ratio: _Optional[float] = ..., rand_ratio: _Optional[float] = ..., margin: _Optional[float] = ...) -> None: ...

class ReLU6Parameter(_message.Message):
    __slots__ = ["engine", "negative_slope", "threshold"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CAFFE: ReLU6Parameter.Engine
    CUDNN: ReLU6Parameter.Engine
    DEFAULT: ReLU6Parameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_SLOPE_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    engine: ReLU6Parameter.Engine
    negative_slope: float
    threshold: float
    def __init__(self, negative_slope: _Optional[float] = ..., threshold: _Optional[float] = ..., engine: _Optional[_Union[ReLU6Parameter.Engine, str]] = ...) -> None: ...

class ReNetLSTMParameter(_message.Message):
    __slots__ = ["direction", "forget_gate_bias_filler", "general_bias_filler", "general_weight_filler", "input_gate_bias_filler", "num_output", "output_gate_bias_filler", "patch_height", "patch_width", "peephole"]
    class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    FORGET_GATE_BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    GENERAL_BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    GENERAL_WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    INPUT_GATE_BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_GATE_BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    PATCH_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PATCH_WIDTH_FIELD_NUMBER: _ClassVar[int]
    PEEPHOLE_FIELD_NUMBER: _ClassVar[int]
    X_DIR: ReNetLSTMParameter.Direction
    Y_DIR: ReNetLSTMParameter.Direction
    direction: ReNetLSTMParameter.Direction
    forget_gate_bias_filler: _shared_pb2.FillerParameter
    general_bias_filler: _shared_pb2.FillerParameter
    general_weight_filler: _shared_pb2.FillerParameter
    input_gate_bias_filler: _shared_pb2.FillerParameter
    num_output: int
    output_gate_bias_filler: _shared_pb2.FillerParameter
    patch_height: int
    patch_width: int
    peephole: bool
    def __init__(self, direction: _Optional[_Union[ReNetLSTMParameter.Direction, str]] = ..., num_output: _Optional[int] = ..., patch_width: _Optional[int] = ..., patch_height: _Optional[int] = ..., general_weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., general_bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., forget_gate_bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., input_gate_bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., output_gate_bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., peephole: bool = ...) -> None: ...

class ReaderParameter(_message.Message):
    __slots__ = ["file", "num"]
    FILE_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    file: str
    num: int
    def __init__(self, file: _Optional[str] = ..., num: _Optional[int] = ...) -> None: ...

class RegionLossParameter(_message.Message):
    __slots__ = ["absolute", "bias_match", "biases", "class_map", "class_scale", "coord_scale", "coords", "jitter", "noobject_scale", "num", "num_class", "object_scale", "random", "rescore", "side", "softmax", "softmax_tree", "thresh"]
    ABSOLUTE_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    BIAS_MATCH_FIELD_NUMBER: _ClassVar[int]
    CLASS_MAP_FIELD_NUMBER: _ClassVar[int]
    CLASS_SCALE_FIELD_NUMBER: _ClassVar[int]
    COORDS_FIELD_NUMBER: _ClassVar[int]
    COORD_SCALE_FIELD_NUMBER: _ClassVar[int]
    JITTER_FIELD_NUMBER: _ClassVar[int]
    NOOBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    OBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    RANDOM_FIELD_NUMBER: _ClassVar[int]
    RESCORE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_TREE_FIELD_NUMBER: _ClassVar[int]
    THRESH_FIELD_NUMBER: _ClassVar[int]
    absolute: int
    bias_match: int
    biases: _containers.RepeatedScalarFieldContainer[float]
    class_map: str
    class_scale: float
    coord_scale: float
    coords: int
    jitter: float
    noobject_scale: float
    num: int
    num_class: int
    object_scale: float
    random: int
    rescore: int
    side: int
    softmax: int
    softmax_tree: str
    thresh: float
    def __init__(self, side: _Optional[int] = ..., num_class: _Optional[int] = ..., bias_match: _Optional[int] = ..., coords: _Optional[int] = ..., num: _Optional[int] = ..., softmax: _Optional[int] = ..., jitter: _Optional[float] = ..., rescore: _Optional[int] = ..., object_scale: _Optional[float] = ..., class_scale: _Optional[float] = ..., noobject_scale: _Optional[float] = ..., coord_scale: _Optional[float] = ..., absolute: _Optional[int] = ..., thresh: _Optional[float] = ..., random: _Optional[int] = ..., biases: _Optional[_Iterable[float]] = ..., softmax_tree: _Optional[str] = ..., class_map: _Optional[str] = ...) -> None: ...

class RemoteDataParameter(_message.Message):
    __slots__ = ["address", "cache_size", "shape"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    CACHE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    address: str
    cache_size: int
    shape: _containers.RepeatedCompositeFieldContainer[_shared_pb2.BlobShape]
    def __init__(self, address: _Optional[str] = ..., cache_size: _Optional[int] = ..., shape: _Optional[_Iterable[_Union[_shared_pb2.BlobShape, _Mapping]]] = ...) -> None: ...

class ReorgParameter(_message.Message):
    __slots__ = ["reverse", "stride"]
    REVERSE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    reverse: bool
    stride: int
    def __init__(self, stride: _Optional[int] = ..., reverse: bool = ...) -> None: ...

class ResampleParameter(_message.Message):
    __slots__ = ["antialias", "factor", "height", "type", "width"]
    class ResampleType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ANTIALIAS_FIELD_NUMBER: _ClassVar[int]
    AREA: ResampleParameter.ResampleType
    CUBIC: ResampleParameter.ResampleType
    FACTOR_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    LINEAR: ResampleParameter.ResampleType
    NEAREST: ResampleParameter.ResampleType
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    antialias: bool
    factor: float
    height: int
    type: ResampleParameter.ResampleType
    width: int
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., type: _Optional[_Union[ResampleParameter.ResampleType, str]] = ..., antialias: bool = ..., factor: _Optional[float] = ...) -> None: ...

class ReshapeLabelParameter(_message.Message):
    __slots__ = ["full_label_size"]
    FULL_LABEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    full_label_size: int
    def __init__(self, full_label_size: _Optional[int] = ...) -> None: ...

class ResizeBilinearParameter(_message.Message):
    __slots__ = ["align_corners", "data_format", "half_pixel_centers", "output_depth", "output_height", "output_width", "pytorch_half_pixel", "scale_depth", "scale_height", "scale_width"]
    ALIGN_CORNERS_FIELD_NUMBER: _ClassVar[int]
    DATA_FORMAT_FIELD_NUMBER: _ClassVar[int]
    HALF_PIXEL_CENTERS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DEPTH_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    PYTORCH_HALF_PIXEL_FIELD_NUMBER: _ClassVar[int]
    SCALE_DEPTH_FIELD_NUMBER: _ClassVar[int]
    SCALE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    SCALE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    align_corners: bool
    data_format: str
    half_pixel_centers: bool
    output_depth: int
    output_height: int
    output_width: int
    pytorch_half_pixel: bool
    scale_depth: float
    scale_height: float
    scale_width: float
    def __init__(self, align_corners: bool = ..., output_height: _Optional[int] = ..., output_width: _Optional[int] = ..., data_format: _Optional[str] = ..., scale_height: _Optional[float] = ..., scale_width: _Optional[float] = ..., half_pixel_centers: bool = ..., pytorch_half_pixel: bool = ..., output_depth: _Optional[int] = ..., scale_depth: _Optional[float] = ...) -> None: ...

class ResizeNearestNeighborParameter(_message.Message):
    __slots__ = ["align_corners", "data_format", "half_pixel_centers", "half_pixel_onnx", "output_height", "output_width", "scale_height", "scale_width"]
    ALIGN_CORNERS_FIELD_NUMBER: _ClassVar[int]
    DATA_FORMAT_FIELD_NUMBER: _ClassVar[int]
    HALF_PIXEL_CENTERS_FIELD_NUMBER: _ClassVar[int]
    HALF_PIXEL_ONNX_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    SCALE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    SCALE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    align_corners: bool
    data_format: str
    half_pixel_centers: bool
    half_pixel_onnx: bool
    output_height: int
    output_width: int
    scale_height: float
    scale_width: float
    def __init__(self, align_corners: bool = ..., output_height: _Optional[int] = ..., output_width: _Optional[int] = ..., data_format: _Optional[str] = ..., scale_height: _Optional[float] = ..., scale_width: _Optional[float] = ..., half_pixel_centers: bool = ..., half_pixel_onnx: bool = ...) -> None: ...

class ResizeParameter(_message.Message):
    __slots__ = ["center_object", "height", "height_scale", "interp_mode", "is_pyramid_test", "max_angle", "out_height_scale", "out_width_scale", "pad_mode", "pad_value", "prob", "resize_mode", "width", "width_scale"]
    class Interp_mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Pad_mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Resize_mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AREA: ResizeParameter.Interp_mode
    CENTER_OBJECT_FIELD_NUMBER: _ClassVar[int]
    CONSTANT: ResizeParameter.Pad_mode
    CUBIC: ResizeParameter.Interp_mode
    FIT_LARGE_SIZE_AND_PAD: ResizeParameter.Resize_mode
    FIT_SMALL_SIZE: ResizeParameter.Resize_mode
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_SCALE_FIELD_NUMBER: _ClassVar[int]
    INTERP_MODE_FIELD_NUMBER: _ClassVar[int]
    IS_PYRAMID_TEST_FIELD_NUMBER: _ClassVar[int]
    LANCZOS4: ResizeParameter.Interp_mode
    LINEAR: ResizeParameter.Interp_mode
    MAX_ANGLE_FIELD_NUMBER: _ClassVar[int]
    MIRRORED: ResizeParameter.Pad_mode
    NEAREST: ResizeParameter.Interp_mode
    OUT_HEIGHT_SCALE_FIELD_NUMBER: _ClassVar[int]
    OUT_WIDTH_SCALE_FIELD_NUMBER: _ClassVar[int]
    PAD_MODE_FIELD_NUMBER: _ClassVar[int]
    PAD_VALUE_FIELD_NUMBER: _ClassVar[int]
    PROB_FIELD_NUMBER: _ClassVar[int]
    REPEAT_NEAREST: ResizeParameter.Pad_mode
    RESIZE_MODE_FIELD_NUMBER: _ClassVar[int]
    WARP: ResizeParameter.Resize_mode
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    WIDTH_SCALE_FIELD_NUMBER: _ClassVar[int]
    center_object: bool
    height: int
    height_scale: int
    interp_mode: _containers.RepeatedScalarFieldContainer[ResizeParameter.Interp_mode]
    is_pyramid_test: bool
    max_angle: float
    out_height_scale: float
    out_width_scale: float
    pad_mode: ResizeParameter.Pad_mode
    pad_value: _containers.RepeatedScalarFieldContainer[float]
    prob: float
    resize_mode: ResizeParameter.Resize_mode
    width: int
    width_scale: int
    def __init__(self, prob: _Optional[float] = ..., resize_mode: _Optional[_Union[ResizeParameter.Resize_mode, str]] = ..., height: _Optional[int] = ..., width: _Optional[int] = ..., pad_mode: _Optional[_Union[ResizeParameter.Pad_mode, str]] = ..., pad_value: _Optional[_Iterable[float]] = ..., interp_mode: _Optional[_Iterable[_Union[ResizeParameter.Interp_mode, str]]] = ..., height_scale: _Optional[int] = ..., width_scale: _Optional[int] = ..., center_object: bool = ..., max_angle: _Optional[float] = ..., is_pyramid_test: bool = ..., out_height_scale: _Optional[float] = ..., out_width_scale: _Optional[float] = ...) -> None: ...

class ReverseParameter(_message.Message):
    __slots__ = ["axis"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    axis: int
    def __init__(self, axis: _Optional[int] = ...) -> None: ...

class RotateROIPoolingParameter(_message.Message):
    __slots__ = ["pooled_h", "pooled_w", "spatial_scale"]
    POOLED_H_FIELD_NUMBER: _ClassVar[int]
    POOLED_W_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    def __init__(self, pooled_h: _Optional[int] = ..., pooled_w: _Optional[int] = ..., spatial_scale: _Optional[float] = ...) -> None: ...

class SSIMLossParameter(_message.Message):
    __slots__ = ["c1", "c2", "kernel_size", "stride"]
    C1_FIELD_NUMBER: _ClassVar[int]
    C2_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    c1: float
    c2: float
    kernel_size: int
    stride: int
    def __init__(self, kernel_size: _Optional[int] = ..., stride: _Optional[int] = ..., c1: _Optional[float] = ..., c2: _Optional[float] = ...) -> None: ...

class STLossParameter(_message.Message):
    __slots__ = ["output_H", "output_W"]
    OUTPUT_H_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_W_FIELD_NUMBER: _ClassVar[int]
    output_H: int
    output_W: int
    def __init__(self, output_H: _Optional[int] = ..., output_W: _Optional[int] = ...) -> None: ...

class SaltPepperParameter(_message.Message):
    __slots__ = ["fraction", "type", "value"]
    class SaltType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    absolute: SaltPepperParameter.SaltType
    fraction: float
    relative: SaltPepperParameter.SaltType
    type: SaltPepperParameter.SaltType
    value: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, fraction: _Optional[float] = ..., value: _Optional[_Iterable[float]] = ..., type: _Optional[_Union[SaltPepperParameter.SaltType, str]] = ...) -> None: ...

class SampleConstraint(_message.Message):
    __slots__ = ["max_jaccard_overlap", "max_object_coverage", "max_sample_coverage", "min_jaccard_overlap", "min_object_coverage", "min_sample_coverage"]
    MAX_JACCARD_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    MAX_OBJECT_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    MAX_SAMPLE_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    MIN_JACCARD_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    MIN_OBJECT_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    MIN_SAMPLE_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    max_jaccard_overlap: float
    max_object_coverage: float
    max_sample_coverage: float
    min_jaccard_overlap: float
    min_object_coverage: float
    min_sample_coverage: float
    def __init__(self, min_jaccard_overlap: _Optional[float] = ..., max_jaccard_overlap: _Optional[float] = ..., min_sample_coverage: _Optional[float] = ..., max_sample_coverage: _Optional[float] = ..., min_object_coverage: _Optional[float] = ..., max_object_coverage: _Optional[float] = ...) -> None: ...

class Sampler(_message.Message):
    __slots__ = ["max_aspect_ratio", "max_scale", "min_aspect_ratio", "min_scale"]
    MAX_ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_SCALE_FIELD_NUMBER: _ClassVar[int]
    MIN_ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    MIN_SCALE_FIELD_NUMBER: _ClassVar[int]
    max_aspect_ratio: float
    max_scale: float
    min_aspect_ratio: float
    min_scale: float
    def __init__(self, min_scale: _Optional[float] = ..., max_scale: _Optional[float] = ..., min_aspect_ratio: _Optional[float] = ..., max_aspect_ratio: _Optional[float] = ...) -> None: ...

class SaveOutputParameter(_message.Message):
    __slots__ = ["label_map_file", "name_size_file", "num_test_image", "output_directory", "output_format", "output_name_prefix", "resize_param"]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    NAME_SIZE_FILE_FIELD_NUMBER: _ClassVar[int]
    NUM_TEST_IMAGE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FORMAT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_NAME_PREFIX_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    label_map_file: str
    name_size_file: str
    num_test_image: int
    output_directory: str
    output_format: str
    output_name_prefix: str
    resize_param: ResizeParameter
    def __init__(self, output_directory: _Optional[str] = ..., output_name_prefix: _Optional[str] = ..., output_format: _Optional[str] = ..., label_map_file: _Optional[str] = ..., name_size_file: _Optional[str] = ..., num_test_image: _Optional[int] = ..., resize_param: _Optional[_Union[ResizeParameter, _Mapping]] = ...) -> None: ...

class ScaleRouteParameter(_message.Message):
    __slots__ = ["high_scale", "low_scale"]
    HIGH_SCALE_FIELD_NUMBER: _ClassVar[int]
    LOW_SCALE_FIELD_NUMBER: _ClassVar[int]
    high_scale: float
    low_scale: float
    def __init__(self, low_scale: _Optional[float] = ..., high_scale: _Optional[float] = ...) -> None: ...

class ScaleTanHParameter(_message.Message):
    __slots__ = ["gamma", "init_scale", "power", "step_size"]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    INIT_SCALE_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    STEP_SIZE_FIELD_NUMBER: _ClassVar[int]
    gamma: float
    init_scale: float
    power: float
    step_size: int
    def __init__(self, init_scale: _Optional[float] = ..., step_size: _Optional[int] = ..., gamma: _Optional[float] = ..., power: _Optional[float] = ...) -> None: ...

class SeLuDropoutParameter(_message.Message):
    __slots__ = ["alpha", "dropout_ratio"]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    dropout_ratio: float
    def __init__(self, dropout_ratio: _Optional[float] = ..., alpha: _Optional[float] = ...) -> None: ...

class SeLuParameter(_message.Message):
    __slots__ = ["alpha"]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    def __init__(self, alpha: _Optional[float] = ..., **kwargs) -> None: ...

class SegAccuracyParameter(_message.Message):
    __slots__ = ["ignore_label", "metric", "reset"]
    class AccuracyMetric(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ClassAccuracy: SegAccuracyParameter.AccuracyMetric
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    METRIC_FIELD_NUMBER: _ClassVar[int]
    PixelAccuracy: SegAccuracyParameter.AccuracyMetric
    PixelIOU: SegAccuracyParameter.AccuracyMetric
    RESET_FIELD_NUMBER: _ClassVar[int]
    ignore_label: _containers.RepeatedScalarFieldContainer[int]
    metric: SegAccuracyParameter.AccuracyMetric
    reset: bool
    def __init__(self, metric: _Optional[_Union[SegAccuracyParameter.AccuracyMetric, str]] = ..., ignore_label: _Optional[_Iterable[int]] = ..., reset: bool = ...) -> None: ...

class SegDataParameter(_message.Message):
    __slots__ = ["balance", "root_dir", "shuffle", "source"]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    ROOT_DIR_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    balance: bool
    root_dir: str
    shuffle: bool
    source: str
    def __init__(self, source: _Optional[str] = ..., root_dir: _Optional[str] = ..., shuffle: bool = ..., balance: bool = ...) -> None: ...

class SegmentationEvaluateParameter(_message.Message):
    __slots__ = ["num_classes", "threshold"]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    num_classes: int
    threshold: float
    def __init__(self, num_classes: _Optional[int] = ..., threshold: _Optional[float] = ...) -> None: ...

class SetLoss2Parameter(_message.Message):
    __slots__ = ["alpha"]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    def __init__(self, alpha: _Optional[float] = ...) -> None: ...

class ShuffleChannelParameter(_message.Message):
    __slots__ = ["group"]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    group: int
    def __init__(self, group: _Optional[int] = ...) -> None: ...

class SmoothL1LossParameter(_message.Message):
    __slots__ = ["sigma"]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    sigma: float
    def __init__(self, sigma: _Optional[float] = ...) -> None: ...

class SmoothL1Parameter(_message.Message):
    __slots__ = ["turn_point"]
    TURN_POINT_FIELD_NUMBER: _ClassVar[int]
    turn_point: float
    def __init__(self, turn_point: _Optional[float] = ...) -> None: ...

class SmoothMarginInnerProductParameter(_message.Message):
    __slots__ = ["axis", "base", "gamma", "iteration", "lambda_min", "num_output", "power", "type", "weight_filler"]
    class SmoothMarginType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    DOUBLE: SmoothMarginInnerProductParameter.SmoothMarginType
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_MIN_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    QUADRUPLE: SmoothMarginInnerProductParameter.SmoothMarginType
    SINGLE: SmoothMarginInnerProductParameter.SmoothMarginType
    TRIPLE: SmoothMarginInnerProductParameter.SmoothMarginType
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    base: float
    gamma: float
    iteration: int
    lambda_min: float
    num_output: int
    power: float
    type: SmoothMarginInnerProductParameter.SmoothMarginType
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., type: _Optional[_Union[SmoothMarginInnerProductParameter.SmoothMarginType, str]] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., axis: _Optional[int] = ..., base: _Optional[float] = ..., gamma: _Optional[float] = ..., power: _Optional[float] = ..., iteration: _Optional[int] = ..., lambda_min: _Optional[float] = ...) -> None: ...

class SoftContrastiveParameter(_message.Message):
    __slots__ = ["exponent_scale", "negative_margin", "negative_weight", "positive_margin", "positive_weight", "square"]
    EXPONENT_SCALE_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    SQUARE_FIELD_NUMBER: _ClassVar[int]
    exponent_scale: float
    negative_margin: float
    negative_weight: float
    positive_margin: float
    positive_weight: float
    square: bool
    def __init__(self, positive_margin: _Optional[float] = ..., negative_margin: _Optional[float] = ..., positive_weight: _Optional[float] = ..., negative_weight: _Optional[float] = ..., exponent_scale: _Optional[float] = ..., square: bool = ...) -> None: ...

class SoftTruncationParameter(_message.Message):
    __slots__ = ["c"]
    C_FIELD_NUMBER: _ClassVar[int]
    c: float
    def __init__(self, c: _Optional[float] = ...) -> None: ...

class SoftmaxLossParameter(_message.Message):
    __slots__ = ["ignore_label", "weight_source"]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    ignore_label: _containers.RepeatedScalarFieldContainer[int]
    weight_source: str
    def __init__(self, ignore_label: _Optional[_Iterable[int]] = ..., weight_source: _Optional[str] = ...) -> None: ...

class SpaceToBatchNDParameter(_message.Message):
    __slots__ = ["block_shape", "paddings"]
    BLOCK_SHAPE_FIELD_NUMBER: _ClassVar[int]
    PADDINGS_FIELD_NUMBER: _ClassVar[int]
    block_shape: _containers.RepeatedScalarFieldContainer[int]
    paddings: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, block_shape: _Optional[_Iterable[int]] = ..., paddings: _Optional[_Iterable[int]] = ...) -> None: ...

class SparsifyParameter(_message.Message):
    __slots__ = ["coef", "thre"]
    COEF_FIELD_NUMBER: _ClassVar[int]
    THRE_FIELD_NUMBER: _ClassVar[int]
    coef: float
    thre: float
    def __init__(self, thre: _Optional[float] = ..., coef: _Optional[float] = ...) -> None: ...

class SpatialDropoutParameter(_message.Message):
    __slots__ = ["dropout_ratio"]
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    dropout_ratio: float
    def __init__(self, dropout_ratio: _Optional[float] = ...) -> None: ...

class SpatialSoftmaxParameter(_message.Message):
    __slots__ = ["engine", "temperature"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CAFFE: SpatialSoftmaxParameter.Engine
    CUDNN: SpatialSoftmaxParameter.Engine
    DEFAULT: SpatialSoftmaxParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    engine: SpatialSoftmaxParameter.Engine
    temperature: float
    def __init__(self, engine: _Optional[_Union[SpatialSoftmaxParameter.Engine, str]] = ..., temperature: _Optional[float] = ...) -> None: ...

class SpatialTransformerParameter(_message.Message):
    __slots__ = ["output_H", "output_W", "sampler_type", "theta_1_1", "theta_1_2", "theta_1_3", "theta_2_1", "theta_2_2", "theta_2_3", "to_compute_dU", "transform_type"]
    OUTPUT_H_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_W_FIELD_NUMBER: _ClassVar[int]
    SAMPLER_TYPE_FIELD_NUMBER: _ClassVar[int]
    THETA_1_1_FIELD_NUMBER: _ClassVar[int]
    THETA_1_2_FIELD_NUMBER: _ClassVar[int]
    THETA_1_3_FIELD_NUMBER: _ClassVar[int]
    THETA_2_1_FIELD_NUMBER: _ClassVar[int]
    THETA_2_2_FIELD_NUMBER: _ClassVar[int]
    THETA_2_3_FIELD_NUMBER: _ClassVar[int]
    TO_COMPUTE_DU_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_TYPE_FIELD_NUMBER: _ClassVar[int]
    output_H: int
    output_W: int
    sampler_type: str
    theta_1_1: float
    theta_1_2: float
    theta_1_3: float
    theta_2_1: float
    theta_2_2: float
    theta_2_3: float
    to_compute_dU: bool
    transform_type: str
    def __init__(self, transform_type: _Optional[str] = ..., sampler_type: _Optional[str] = ..., output_H: _Optional[int] = ..., output_W: _Optional[int] = ..., to_compute_dU: bool = ..., theta_1_1: _Optional[float] = ..., theta_1_2: _Optional[float] = ..., theta_1_3: _Optional[float] = ..., theta_2_1: _Optional[float] = ..., theta_2_2: _Optional[float] = ..., theta_2_3: _Optional[float] = ...) -> None: ...

class SplitParameter(_message.Message):
    __slots__ = ["engine"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CAFFE: SplitParameter.Engine
    DEFAULT: SplitParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    MKL2017: SplitParameter.Engine
    MKLDNN: SplitParameter.Engine
    engine: SplitParameter.Engine
    def __init__(self, engine: _Optional[_Union[SplitParameter.Engine, str]] = ...) -> None: ...

class SqueezeParameter(_message.Message):
    __slots__ = ["axis"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    axis: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, axis: _Optional[_Iterable[int]] = ...) -> None: ...

class SubRegionParameter(_message.Message):
    __slots__ = ["as_dim", "data_height", "data_width", "region_height", "region_width"]
    AS_DIM_FIELD_NUMBER: _ClassVar[int]
    DATA_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    DATA_WIDTH_FIELD_NUMBER: _ClassVar[int]
    REGION_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    REGION_WIDTH_FIELD_NUMBER: _ClassVar[int]
    as_dim: int
    data_height: int
    data_width: int
    region_height: int
    region_width: int
    def __init__(self, region_height: _Optional[int] = ..., region_width: _Optional[int] = ..., data_height: _Optional[int] = ..., data_width: _Optional[int] = ..., as_dim: _Optional[int] = ...) -> None: ...

class SumPoolingParameter(_message.Message):
    __slots__ = ["engine", "global_pooling", "kernel_h", "kernel_size", "kernel_w", "pad", "pad_h", "pad_w", "pool", "stride", "stride_h", "stride_w"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AVE: SumPoolingParameter.PoolMethod
    CAFFE: SumPoolingParameter.Engine
    CUDNN: SumPoolingParameter.Engine
    DEFAULT: SumPoolingParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_POOLING_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    MAX: SumPoolingParameter.PoolMethod
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    POOL_FIELD_NUMBER: _ClassVar[int]
    STOCHASTIC: SumPoolingParameter.PoolMethod
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    SUM: SumPoolingParameter.PoolMethod
    engine: SumPoolingParameter.Engine
    global_pooling: bool
    kernel_h: int
    kernel_size: int
    kernel_w: int
    pad: int
    pad_h: int
    pad_w: int
    pool: SumPoolingParameter.PoolMethod
    stride: int
    stride_h: int
    stride_w: int
    def __init__(self, pool: _Optional[_Union[SumPoolingParameter.PoolMethod, str]] = ..., pad: _Optional[int] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., kernel_size: _Optional[int] = ..., kernel_h: _Optional[int] = ..., kernel_w: _Optional[int] = ..., stride: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., engine: _Optional[_Union[SumPoolingParameter.Engine, str]] = ..., global_pooling: bool = ...) -> None: ...

class TRTParameter(_message.Message):
    __slots__ = ["calibrator", "deploy", "deploy_outputs", "model", "top_k", "trt_mode"]
    class TRTMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CALIBRATOR_FIELD_NUMBER: _ClassVar[int]
    DEPLOY_FIELD_NUMBER: _ClassVar[int]
    DEPLOY_OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    FP16: TRTParameter.TRTMode
    FP32: TRTParameter.TRTMode
    INT8: TRTParameter.TRTMode
    MODEL_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    TRT_MODE_FIELD_NUMBER: _ClassVar[int]
    calibrator: str
    deploy: str
    deploy_outputs: _containers.RepeatedScalarFieldContainer[str]
    model: str
    top_k: int
    trt_mode: TRTParameter.TRTMode
    def __init__(self, trt_mode: _Optional[_Union[TRTParameter.TRTMode, str]] = ..., top_k: _Optional[int] = ..., deploy: _Optional[str] = ..., model: _Optional[str] = ..., deploy_outputs: _Optional[_Iterable[str]] = ..., calibrator: _Optional[str] = ...) -> None: ...

class TilingParameter(_message.Message):
    __slots__ = ["tile_dim"]
    TILE_DIM_FIELD_NUMBER: _ClassVar[int]
    tile_dim: int
    def __init__(self, tile_dim: _Optional[int] = ...) -> None: ...

class TransposeParameter(_message.Message):
    __slots__ = ["dim"]
    DIM_FIELD_NUMBER: _ClassVar[int]
    dim: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, dim: _Optional[_Iterable[int]] = ...) -> None: ...

class TripletLossParameter(_message.Message):
    __slots__ = ["margin"]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    margin: float
    def __init__(self, margin: _Optional[float] = ...) -> None: ...

class TripletRankLossParameter(_message.Message):
    __slots__ = ["margin"]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    margin: float
    def __init__(self, margin: _Optional[float] = ...) -> None: ...

class TruncationParameter(_message.Message):
    __slots__ = ["lower_bound", "upper_bound"]
    LOWER_BOUND_FIELD_NUMBER: _ClassVar[int]
    UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    lower_bound: float
    upper_bound: float
    def __init__(self, lower_bound: _Optional[float] = ..., upper_bound: _Optional[float] = ...) -> None: ...

class UnPoolingParameter(_message.Message):
    __slots__ = ["engine", "kernel_h", "kernel_size", "kernel_w", "out_kernel_h", "out_kernel_size", "out_kernel_w", "out_pad", "out_pad_h", "out_pad_w", "out_stride", "out_stride_h", "out_stride_w", "pad", "pad_h", "pad_w", "stride", "stride_h", "stride_w", "unpool", "unpool_h", "unpool_size", "unpool_w"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class UnPoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AVE: UnPoolingParameter.UnPoolMethod
    CAFFE: UnPoolingParameter.Engine
    DEFAULT: UnPoolingParameter.Engine
    DIV: UnPoolingParameter.UnPoolMethod
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FIXED: UnPoolingParameter.UnPoolMethod
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    MAX: UnPoolingParameter.UnPoolMethod
    OUT_KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    OUT_KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    OUT_KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    OUT_PAD_FIELD_NUMBER: _ClassVar[int]
    OUT_PAD_H_FIELD_NUMBER: _ClassVar[int]
    OUT_PAD_W_FIELD_NUMBER: _ClassVar[int]
    OUT_STRIDE_FIELD_NUMBER: _ClassVar[int]
    OUT_STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    OUT_STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    REP: UnPoolingParameter.UnPoolMethod
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    TILE: UnPoolingParameter.UnPoolMethod
    UNPOOL_FIELD_NUMBER: _ClassVar[int]
    UNPOOL_H_FIELD_NUMBER: _ClassVar[int]
    UNPOOL_SIZE_FIELD_NUMBER: _ClassVar[int]
    UNPOOL_W_FIELD_NUMBER: _ClassVar[int]
    engine: UnPoolingParameter.Engine
    kernel_h: int
    kernel_size: int
    kernel_w: int
    out_kernel_h: int
    out_kernel_size: int
    out_kernel_w: int
    out_pad: int
    out_pad_h: int
    out_pad_w: int
    out_stride: int
    out_stride_h: int
    out_stride_w: int
    pad: int
    pad_h: int
    pad_w: int
    stride: int
    stride_h: int
    stride_w: int
    unpool: UnPoolingParameter.UnPoolMethod
    unpool_h: int
    unpool_size: int
    unpool_w: int
    def __init__(self, unpool: _Optional[_Union[UnPoolingParameter.UnPoolMethod, str]] = ..., out_kernel_size: _Optional[int] = ..., out_stride: _Optional[int] = ..., out_pad: _Optional[int] = ..., out_kernel_h: _Optional[int] = ..., out_kernel_w: _Optional[int] = ..., out_stride_h: _Optional[int] = ..., out_stride_w: _Optional[int] = ..., out_pad_h: _Optional[int] = ..., out_pad_w: _Optional[int] = ..., kernel_size: _Optional[int] = ..., stride: _Optional[int] = ..., pad: _Optional[int] = ..., kernel_h: _Optional[int] = ..., kernel_w: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., engine: _Optional[_Union[UnPoolingParameter.Engine, str]] = ..., unpool_size: _Optional[int] = ..., unpool_h: _Optional[int] = ..., unpool_w: _Optional[int] = ...) -> None: ...

class UniqueLabelParameter(_message.Message):
    __slots__ = ["force_label", "ignore_label", "max_labels"]
    FORCE_LABEL_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    MAX_LABELS_FIELD_NUMBER: _ClassVar[int]
    force_label: _containers.RepeatedScalarFieldContainer[float]
    ignore_label: _containers.RepeatedScalarFieldContainer[float]
    max_labels: int
    def __init__(self, max_labels: _Optional[int] = ..., ignore_label: _Optional[_Iterable[float]] = ..., force_label: _Optional[_Iterable[float]] = ...) -> None: ...

class UnlabeledMatchingParameter(_message.Message):
    __slots__ = ["queue_size"]
    QUEUE_SIZE_FIELD_NUMBER: _ClassVar[int]
    queue_size: int
    def __init__(self, queue_size: _Optional[int] = ...) -> None: ...

class UnstackParameter(_message.Message):
    __slots__ = ["axis", "num"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    axis: int
    num: int
    def __init__(self, num: _Optional[int] = ..., axis: _Optional[int] = ...) -> None: ...

class UpsampleDarknetParameter(_message.Message):
    __slots__ = ["stride"]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    stride: int
    def __init__(self, stride: _Optional[int] = ...) -> None: ...

class UpsampleParameter(_message.Message):
    __slots__ = ["dims_num", "pad_out_h", "pad_out_w", "scale", "scale_h", "scale_w", "upsample_h", "upsample_w"]
    DIMS_NUM_FIELD_NUMBER: _ClassVar[int]
    PAD_OUT_H_FIELD_NUMBER: _ClassVar[int]
    PAD_OUT_W_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SCALE_H_FIELD_NUMBER: _ClassVar[int]
    SCALE_W_FIELD_NUMBER: _ClassVar[int]
    UPSAMPLE_H_FIELD_NUMBER: _ClassVar[int]
    UPSAMPLE_W_FIELD_NUMBER: _ClassVar[int]
    dims_num: int
    pad_out_h: bool
    pad_out_w: bool
    scale: int
    scale_h: int
    scale_w: int
    upsample_h: int
    upsample_w: int
    def __init__(self, scale: _Optional[int] = ..., scale_h: _Optional[int] = ..., scale_w: _Optional[int] = ..., pad_out_h: bool = ..., pad_out_w: bool = ..., upsample_h: _Optional[int] = ..., upsample_w: _Optional[int] = ..., dims_num: _Optional[int] = ...) -> None: ...

class VideoDataParameter(_message.Message):
    __slots__ = ["batch_size", "crop_size", "device_id", "encoded", "grayscale", "is_color", "max_sampling_rate", "mean_file", "mirror", "modality", "name_pattern", "new_height", "new_length", "new_width", "num_of_labels", "num_segments", "rand_skip", "root_folder", "sampling_rate", "scale", "show_data", "shuffle", "skip_frames", "source", "use_image", "use_multiple_label", "use_sampling_rate_jitter", "use_temporal_jitter", "video_file", "video_type"]
    class Modality(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class VideoType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    ENCODED_FIELD_NUMBER: _ClassVar[int]
    FLOW: VideoDataParameter.Modality
    GRAYSCALE_FIELD_NUMBER: _ClassVar[int]
    IS_COLOR_FIELD_NUMBER: _ClassVar[int]
    MAX_SAMPLING_RATE_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    MODALITY_FIELD_NUMBER: _ClassVar[int]
    NAME_PATTERN_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_LENGTH_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    NUM_OF_LABELS_FIELD_NUMBER: _ClassVar[int]
    NUM_SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    RGB: VideoDataParameter.Modality
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_RATE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHOW_DATA_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FRAMES_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    USE_IMAGE_FIELD_NUMBER: _ClassVar[int]
    USE_MULTIPLE_LABEL_FIELD_NUMBER: _ClassVar[int]
    USE_SAMPLING_RATE_JITTER_FIELD_NUMBER: _ClassVar[int]
    USE_TEMPORAL_JITTER_FIELD_NUMBER: _ClassVar[int]
    VIDEO: VideoDataParameter.VideoType
    VIDEO_FILE_FIELD_NUMBER: _ClassVar[int]
    VIDEO_TYPE_FIELD_NUMBER: _ClassVar[int]
    WEBCAM: VideoDataParameter.VideoType
    batch_size: int
    crop_size: int
    device_id: int
    encoded: bool
    grayscale: bool
    is_color: bool
    max_sampling_rate: int
    mean_file: str
    mirror: bool
    modality: VideoDataParameter.Modality
    name_pattern: str
    new_height: int
    new_length: int
    new_width: int
    num_of_labels: int
    num_segments: int
    rand_skip: int
    root_folder: str
    sampling_rate: int
    scale: float
    show_data: bool
    shuffle: bool
    skip_frames: int
    source: str
    use_image: bool
    use_multiple_label: bool
    use_sampling_rate_jitter: bool
    use_temporal_jitter: bool
    video_file: str
    video_type: VideoDataParameter.VideoType
    def __init__(self, video_type: _Optional[_Union[VideoDataParameter.VideoType, str]] = ..., device_id: _Optional[int] = ..., video_file: _Optional[str] = ..., skip_frames: _Optional[int] = ..., crop_size: _Optional[int] = ..., mirror: bool = ..., rand_skip: _Optional[int] = ..., shuffle: bool = ..., new_height: _Optional[int] = ..., new_width: _Optional[int] = ..., new_length: _Optional[int] = ..., num_segments: _Optional[int] = ..., modality: _Optional[_Union[VideoDataParameter.Modality, str]] = ..., name_pattern: _Optional[str] = ..., encoded: bool = ..., grayscale: bool = ..., sampling_rate: _Optional[int] = ..., max_sampling_rate: _Optional[int] = ..., use_sampling_rate_jitter: bool = ..., use_multiple_label: bool = ..., num_of_labels: _Optional[int] = ..., source: _Optional[str] = ..., batch_size: _Optional[int] = ..., scale: _Optional[float] = ..., mean_file: _Optional[str] = ..., is_color: bool = ..., root_folder: _Optional[str] = ..., show_data: bool = ..., use_image: bool = ..., use_temporal_jitter: bool = ...) -> None: ...

class VolumeDatum(_message.Message):
    __slots__ = ["channels", "data", "float_data", "height", "label", "length", "width"]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FLOAT_DATA_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    channels: int
    data: bytes
    float_data: _containers.RepeatedScalarFieldContainer[float]
    height: int
    label: int
    length: int
    width: int
    def __init__(self, channels: _Optional[int] = ..., length: _Optional[int] = ..., height: _Optional[int] = ..., width: _Optional[int] = ..., data: _Optional[bytes] = ..., label: _Optional[int] = ..., float_data: _Optional[_Iterable[float]] = ...) -> None: ...

class WriterParameter(_message.Message):
    __slots__ = ["file", "folder", "normalize", "prefix", "scale", "suffix"]
    FILE_FIELD_NUMBER: _ClassVar[int]
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SUFFIX_FIELD_NUMBER: _ClassVar[int]
    file: str
    folder: str
    normalize: bool
    prefix: str
    scale: float
    suffix: str
    def __init__(self, file: _Optional[str] = ..., folder: _Optional[str] = ..., prefix: _Optional[str] = ..., suffix: _Optional[str] = ..., normalize: bool = ..., scale: _Optional[float] = ...) -> None: ...

class YoloDetectionOutputParameter(_message.Message):
    __slots__ = ["biases", "confidence_threshold", "coords", "label_map_file", "nms_threshold", "num_box", "num_classes", "side"]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    COORDS_FIELD_NUMBER: _ClassVar[int]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    NUM_BOX_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    biases: _containers.RepeatedScalarFieldContainer[float]
    confidence_threshold: float
    coords: int
    label_map_file: str
    nms_threshold: float
    num_box: int
    num_classes: int
    side: int
    def __init__(self, side: _Optional[int] = ..., num_classes: _Optional[int] = ..., num_box: _Optional[int] = ..., coords: _Optional[int] = ..., confidence_threshold: _Optional[float] = ..., nms_threshold: _Optional[float] = ..., biases: _Optional[_Iterable[float]] = ..., label_map_file: _Optional[str] = ...) -> None: ...

class YoloEvalDetectionParameter(_message.Message):
    __slots__ = ["biases", "constriant", "nms", "num_class", "num_object", "score_type", "side", "sqrt", "threshold"]
    class ScoreType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BIASES_FIELD_NUMBER: _ClassVar[int]
    CONSTRIANT_FIELD_NUMBER: _ClassVar[int]
    MULTIPLY: YoloEvalDetectionParameter.ScoreType
    NMS_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    NUM_OBJECT_FIELD_NUMBER: _ClassVar[int]
    OBJ: YoloEvalDetectionParameter.ScoreType
    PROB: YoloEvalDetectionParameter.ScoreType
    SCORE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    SQRT_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    biases: _containers.RepeatedScalarFieldContainer[float]
    constriant: bool
    nms: float
    num_class: int
    num_object: int
    score_type: YoloEvalDetectionParameter.ScoreType
    side: int
    sqrt: bool
    threshold: float
    def __init__(self, side: _Optional[int] = ..., num_class: _Optional[int] = ..., num_object: _Optional[int] = ..., threshold: _Optional[float] = ..., sqrt: bool = ..., constriant: bool = ..., score_type: _Optional[_Union[YoloEvalDetectionParameter.ScoreType, str]] = ..., nms: _Optional[float] = ..., biases: _Optional[_Iterable[float]] = ...) -> None: ...

class YoloSegItem(_message.Message):
    __slots__ = ["b", "g", "label", "label_id", "name", "r"]
    B_FIELD_NUMBER: _ClassVar[int]
    G_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    R_FIELD_NUMBER: _ClassVar[int]
    b: int
    g: int
    label: int
    label_id: int
    name: str
    r: int
    def __init__(self, name: _Optional[str] = ..., label_id: _Optional[int] = ..., label: _Optional[int] = ..., r: _Optional[int] = ..., g: _Optional[int] = ..., b: _Optional[int] = ...) -> None: ...

class YoloSegLabel(_message.Message):
    __slots__ = ["item"]
    ITEM_FIELD_NUMBER: _ClassVar[int]
    item: _containers.RepeatedCompositeFieldContainer[YoloSegItem]
    def __init__(self, item: _Optional[_Iterable[_Union[YoloSegItem, _Mapping]]] = ...) -> None: ...

class YoloSegParameter(_message.Message):
    __slots__ = ["class_scale", "num_class", "object_scale", "use_hardsigmoid", "use_logic_gradient"]
    CLASS_SCALE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    OBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    USE_HARDSIGMOID_FIELD_NUMBER: _ClassVar[int]
    USE_LOGIC_GRADIENT_FIELD_NUMBER: _ClassVar[int]
    class_scale: float
    num_class: int
    object_scale: float
    use_hardsigmoid: bool
    use_logic_gradient: bool
    def __init__(self, num_class: _Optional[int] = ..., object_scale: _Optional[float] = ..., class_scale: _Optional[float] = ..., use_logic_gradient: bool = ..., use_hardsigmoid: bool = ...) -> None: ...

class Yolov3DetectionOutputParameter(_message.Message):
    __slots__ = ["anchors_scale", "biases", "confidence_threshold", "gaussian_box", "mask", "mask_group_num", "nms_threshold", "num_box", "num_classes"]
    ANCHORS_SCALE_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_BOX_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    MASK_GROUP_NUM_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    NUM_BOX_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    anchors_scale: _containers.RepeatedScalarFieldContainer[int]
    biases: _containers.RepeatedScalarFieldContainer[float]
    confidence_threshold: float
    gaussian_box: bool
    mask: _containers.RepeatedScalarFieldContainer[int]
    mask_group_num: int
    nms_threshold: float
    num_box: int
    num_classes: int
    def __init__(self, num_classes: _Optional[int] = ..., num_box: _Optional[int] = ..., confidence_threshold: _Optional[float] = ..., nms_threshold: _Optional[float] = ..., biases: _Optional[_Iterable[float]] = ..., anchors_scale: _Optional[_Iterable[int]] = ..., mask_group_num: _Optional[int] = ..., mask: _Optional[_Iterable[int]] = ..., gaussian_box: bool = ...) -> None: ...

class Yolov3Parameter(_message.Message):
    __slots__ = ["accumulate", "anchors_scale", "biases", "class_scale", "coord_scale", "iou_loss", "iou_normalizer", "iou_thresh", "label_smooth_eps", "mask", "max_delta", "noobject_scale", "num", "num_class", "object_scale", "side", "thresh", "use_focal_loss", "use_logic_gradient"]
    class IOU_LOSS(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ACCUMULATE_FIELD_NUMBER: _ClassVar[int]
    ANCHORS_SCALE_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    CIOU: Yolov3Parameter.IOU_LOSS
    CLASS_SCALE_FIELD_NUMBER: _ClassVar[int]
    COORD_SCALE_FIELD_NUMBER: _ClassVar[int]
    DIOU: Yolov3Parameter.IOU_LOSS
    GIOU: Yolov3Parameter.IOU_LOSS
    IOU: Yolov3Parameter.IOU_LOSS
    IOU_LOSS_FIELD_NUMBER: _ClassVar[int]
    IOU_NORMALIZER_FIELD_NUMBER: _ClassVar[int]
    IOU_THRESH_FIELD_NUMBER: _ClassVar[int]
    LABEL_SMOOTH_EPS_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    MAX_DELTA_FIELD_NUMBER: _ClassVar[int]
    MSE: Yolov3Parameter.IOU_LOSS
    NOOBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    OBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    THRESH_FIELD_NUMBER: _ClassVar[int]
    USE_FOCAL_LOSS_FIELD_NUMBER: _ClassVar[int]
    USE_LOGIC_GRADIENT_FIELD_NUMBER: _ClassVar[int]
    accumulate: bool
    anchors_scale: int
    biases: _containers.RepeatedScalarFieldContainer[float]
    class_scale: float
    coord_scale: float
    iou_loss: Yolov3Parameter.IOU_LOSS
    iou_normalizer: float
    iou_thresh: float
    label_smooth_eps: float
    mask: _containers.RepeatedScalarFieldContainer[int]
    max_delta: float
    noobject_scale: float
    num: int
    num_class: int
    object_scale: float
    side: int
    thresh: float
    use_focal_loss: bool
    use_logic_gradient: bool
    def __init__(self, side: _Optional[int] = ..., num_class: _Optional[int] = ..., num: _Optional[int] = ..., object_scale: _Optional[float] = ..., class_scale: _Optional[float] = ..., noobject_scale: _Optional[float] = ..., coord_scale: _Optional[float] = ..., thresh: _Optional[float] = ..., anchors_scale: _Optional[int] = ..., biases: _Optional[_Iterable[float]] = ..., mask: _Optional[_Iterable[int]] = ..., use_logic_gradient: bool = ..., use_focal_loss: bool = ..., iou_loss: _Optional[_Union[Yolov3Parameter.IOU_LOSS, str]] = ..., iou_normalizer: _Optional[float] = ..., iou_thresh: _Optional[float] = ..., max_delta: _Optional[float] = ..., accumulate: bool = ..., label_smooth_eps: _Optional[float] = ...) -> None: ...
