"""What customers want to be told, and how (业务定制)."""
