"""The pages: the only package that knows Gradio. Knows nothing of how anything is computed."""
