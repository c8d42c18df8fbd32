"""WeChat's server for mini-programs, api.weixin.qq.com."""
