using MacroCausal.Search.Schedulers;
using MacroCausal.Search.Studies;

namespace MacroCausal.Search.Tests.Simulation;

/// <summary>Algorithm 2 of the paper by sorting everything at every decision: slow, and plainly right.</summary>
internal sealed class NaiveAsha(Milestones milestones, int eta)
{
    private readonly List<(double Loss, int Trial, bool IsPromotable)>[] _rungs =
        [.. milestones.Select(_ => new List<(double, int, bool)>())];
    private readonly HashSet<(int Trial, int Rung)> _promoted = [];

    public void Record(SegmentReport report, int milestone) =>
        _rungs[milestones.RungAt(milestone)].Add(
            (report.Loss ?? double.PositiveInfinity, report.Trial, report.Loss is not null && !report.EndedEarly));

    public ContinueTrial? Promotion()
    {
        for (var rung = milestones.Count - 2; rung >= 0; rung--)
        {
            var candidates = _rungs[rung].Order().Take(_rungs[rung].Count / eta).ToList();
            foreach (var (_, trial, isPromotable) in candidates)
            {
                if (isPromotable && !_promoted.Contains((trial, rung)))
                {
                    return new ContinueTrial(trial, milestones[rung], milestones[rung + 1]);
                }
            }
        }

        return null;
    }

    public void Promote(ContinueTrial promotion) => _promoted.Add((promotion.Trial, milestones.RungAt(promotion.FromEpoch)));
}
