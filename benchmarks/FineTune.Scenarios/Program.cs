using System.Globalization;
using FineTune.Scenarios;

const string usage = """
    Usage: dotnet run -c Release --project benchmarks/FineTune.Scenarios -- SCENARIO

      solution        builds a solution with the packed packages, edits one thing after the other, and prints what ran
      kills [COUNT]   kills builds at random moments (100 by default) and looks whether the next build makes the right model; Linux only
    """;

switch (args)
{
    case ["solution"]:
        return await SolutionScenario.Run();
    case ["kills"]:
        return await KillScenario.Run(count: 100);
    case ["kills", var count] when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
        return await KillScenario.Run(number);
    default:
        Console.Error.WriteLine(usage);
        return 2;
}
