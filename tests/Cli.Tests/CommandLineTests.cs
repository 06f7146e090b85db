namespace MacroCausal.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Nothing_typed_prints_help()
    {
        var help = await MacroCausalCommand.RunAsync();

        help.ExitCode.ShouldBe(0);
        help.Errors.ShouldBeEmpty();
        help.Output.ShouldContain("Tune, train and register a model");
        help.Output.ShouldBe((await MacroCausalCommand.RunAsync("--help")).Output);
    }

    [Theory]
    [InlineData("trian --data x.csv", "There is no command 'macrocausal trian'; did you mean 'train'? 'macrocausal --help' lists all.")]
    [InlineData(
        "models lits", "There is no command 'macrocausal models lits'; did you mean 'list'? 'macrocausal models --help' lists all.")]
    [InlineData(
        "train --trails 5", "'macrocausal train' has no option '--trails'; did you mean '--trials'? 'macrocausal train --help' lists all.")]
    [InlineData("train --max-epoch=5",
        "'macrocausal train' has no option '--max-epoch'; did you mean '--max-epochs'? 'macrocausal train --help' lists all.")]
    [InlineData("train --zzzzzzzz", "'macrocausal train' has no option '--zzzzzzzz'. 'macrocausal train --help' lists all.")]
    [InlineData("trials --trail 3",
        "'macrocausal trials' has no option '--trail'; did you mean '--trial'? 'macrocausal trials --help' lists all.")]
    [InlineData("train nowhere.csv", "There is no file 'nowhere.csv'; check its name.")]
    [InlineData("train a.csv --data b.csv", "The table is named twice, as 'a.csv' and as --data 'b.csv'; name it once.")]
    [InlineData("train a.csv b.csv", "'b.csv' was not expected here; 'macrocausal train --help' shows what is.")]
    [InlineData("predict --model m", "Option '--data' is required.")]
    public async Task What_is_mistyped_is_answered_with_what_was_meant(string typed, string error)
    {
        var refused = await MacroCausalCommand.RunAsync([.. typed.Split(' '), "--json"]);

        refused.ExitCode.ShouldBe(2);
        refused.Errors.Split('\n').ShouldContain("error: " + error);
        refused.Json.GetProperty("error").GetString()!.ShouldContain(error);
        refused.Output.TrimEnd().Split('\n').ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_command_that_only_has_commands_names_them() => (await MacroCausalCommand.RunAsync("models")).ShouldBe(
        new Ended(2, "", "error: 'macrocausal models' needs one of its commands: list, show, promote, demote."));

    [Fact]
    public void A_command_is_printed_as_it_can_be_pasted_where_the_person_stands()
    {
        var program = Touch("bin", "macrocausal");
        var assembly = Touch("bin", "macrocausal.dll");
        var folder = _directory.Path;
        var links = Directory.CreateDirectory(Path.Combine(folder, "links")).FullName;
        File.CreateSymbolicLink(Path.Combine(links, "macrocausal"), program);

        Invocation.Find(program, assembly, folder, "/nowhere").ShouldBe("bin/macrocausal");
        Invocation.Find(program, assembly, Path.Combine(folder, "bin"), null).ShouldBe("./macrocausal");
        Invocation.Find(program, assembly, links, "/nowhere").ShouldBe(program);
        Invocation.Find(program, assembly, folder, $"/nowhere:{links}").ShouldBe("macrocausal");
        Invocation.Find("/usr/bin/testhost", assembly, folder, null).ShouldBe("macrocausal");
        Touch("other", "macrocausal");
        Invocation.Find(program, assembly, folder, Path.Combine(folder, "other")).ShouldBe("bin/macrocausal");
        Invocation.Of("resume", "--execution-id", "a b", "--store", "/it's")
            .ShouldBe(@"macrocausal resume --execution-id 'a b' --store '/it'\''s'");
    }

    private string Touch(string folder, string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, folder)).FullName, name);
        File.WriteAllText(path, "");
        return path;
    }
}
