"""The page at `/`, for people: what is in the workspace, and what happened last."""
