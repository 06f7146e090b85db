// Much of a test's time here is spent waiting for the emulators.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
