// Nearly all of a test's time here is spent waiting for polls to end.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
