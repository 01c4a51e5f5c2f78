"""python -m sandbox: serves the pretend vendors until stopped."""

from sandbox.serve import main

main()
