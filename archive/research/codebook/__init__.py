"""The codebook: what each indicator measures, where it stands on which form, and why it is missing how often."""
