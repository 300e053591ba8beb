"""The steps of the pipeline, one file each: ``compute`` asks models and changes nothing, ``save`` writes."""
