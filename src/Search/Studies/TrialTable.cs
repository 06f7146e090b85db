namespace MacroCausal.Search.Studies;

/// <summary>Progress of trials by number, in one array: 16 bytes a trial.</summary>
internal sealed class TrialTable
{
    private Row[] _rows = [];

    /// <summary>Number of trials.</summary>
    public int Count { get; private set; }

    /// <summary>The lowest number that no trial has.</summary>
    public int NextFree { get; private set; }

    public TrialProgress? Find(int trial) => (uint)trial < (uint)_rows.Length && _rows[trial].IsKnown ? _rows[trial].Progress : null;

    public void Set(int trial, TrialProgress progress)
    {
        if (trial >= _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(trial + 1, Math.Max(16, _rows.Length + (_rows.Length / 2))));
        }

        if (!_rows[trial].IsKnown)
        {
            Count++;
        }

        _rows[trial] = new Row(progress);
        while (NextFree < _rows.Length && _rows[NextFree].IsKnown)
        {
            NextFree++;
        }
    }

    private readonly struct Row(TrialProgress progress)
    {
        private readonly int _epoch = progress.Epoch;
        private readonly int _toEpoch = progress.ToEpoch;
        private readonly int _bestEpoch = progress.BestEpoch;
        private readonly byte _status = (byte)progress.Status;

        public bool IsKnown { get; } = true;

        public TrialProgress Progress => new((TrialStatus)_status, _epoch, _toEpoch, _bestEpoch);
    }
}
