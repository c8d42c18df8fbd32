"""Where files are kept: Tencent COS, any S3, or the local disk, behind the port `domain.files.ports.ObjectStore`."""
