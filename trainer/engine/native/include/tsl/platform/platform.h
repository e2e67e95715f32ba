// Stands in for TensorFlow's header of this name, which is not among the ones that are unpacked: tensorflow/c/kernels.h
// asks it for nothing but IS_MOBILE_PLATFORM.
