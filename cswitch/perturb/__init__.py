"""Code-switched variants of benchmarks and labelled sets, nothing that matters broken."""
