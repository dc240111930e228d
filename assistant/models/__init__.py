"""Chat models and embedders behind two small protocols; knows nothing of projects or pages."""
