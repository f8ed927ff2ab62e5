"""What the detectors of repetitions and restarts are worth beyond the benchmark."""
