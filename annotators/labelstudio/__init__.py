"""Label Studio: tasks with pre-annotations out, what people said back in."""
