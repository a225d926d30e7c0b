"""Being written by the second helper, see /tmp/TWO_HELPERS_ONE_BRIEF.md"""
