using MacroCausal.Dashboard.Feed;

namespace MacroCausal.Dashboard.Tests.Feed;

public sealed class ResourceVersionsTests
{
    private readonly ResourceVersions _versions = new();

    [Fact]
    public void A_stamp_that_is_another_changes_the_study_and_the_list()
    {
        Record("", ("one", "1"), ("two", "1")).ShouldBeTrue();
        Record("", ("one", "1"), ("two", "1")).ShouldBeFalse("nothing has changed");
        Record("", ("one", "1"), ("two", "2")).ShouldBeTrue();

        _versions.ChangedSince(1).ShouldBe(["studies", "studies/two"]);
        _versions.ChangedSince(2).ShouldBeEmpty();
        _versions.StampOf("two").ShouldBe("2");
    }

    [Fact]
    public void A_study_that_is_gone_has_changed()
    {
        Record("", ("one", "1"));
        Record("");

        _versions.ChangedSince(1).ShouldBe(["studies", "studies/one"]);
        _versions.StampOf("one").ShouldBeNull();
    }

    [Fact]
    public void A_fold_changes_the_page_of_the_study_that_it_judges()
    {
        Record("", ("one", "1"), ("one/walk-forward/2", "1"));
        Record("", ("one", "1"), ("one/walk-forward/2", "2"));

        _versions.ChangedSince(1).ShouldBe(["studies", "studies/one", "studies/one/walk-forward/2"]);
    }

    [Fact]
    public void The_registry_changes_alone()
    {
        Record("a", ("one", "1"));
        Record("b", ("one", "1"));

        _versions.ChangedSince(1).ShouldBe(["models"]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_version_of_another_process_tells_nothing(long version)
    {
        Record("a", ("one", "1"));

        _versions.ChangedSince(version).ShouldBeNull();
    }

    private bool Record(string models, params (string Id, string Stamp)[] studies) =>
        _versions.Record(studies.ToDictionary(study => study.Id, study => study.Stamp), models);
}
