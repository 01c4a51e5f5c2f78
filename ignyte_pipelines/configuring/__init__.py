"""Reports, Saved Views and Metric Targets as a document: out of one workspace and into another."""
