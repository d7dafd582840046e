"""ONNX: files, bytes, protos and sessions of onnxruntime whose graphs end with trees or a linear model."""
