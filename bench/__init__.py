"""The figures in docs/performance.md, each with its floor in the same run."""
