"""Code-switching while a model trains: batches mixed on the fly, labels kept."""
