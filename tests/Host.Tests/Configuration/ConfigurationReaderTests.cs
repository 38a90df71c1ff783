using Glasswright.Host.Configuration;
using Glasswright.Host.Configuration.Settings;
using Glasswright.Kernels;
using Glasswright.Models.Network;
using Glasswright.Tests.Support;

namespace Glasswright.Host.Tests.Configuration;

/// <summary>Reference configuration, experiment file and overrides as one.</summary>
public sealed class ConfigurationReaderTests : IDisposable
{
    /// <summary>The example of the contract, word for word.</summary>
    private const string Example = """
        structure = "../data/glasses/cu50zr50-864-p0.data"
        potential = "../data/potentials/CuZr_mm.eam.fs"
        species   = [Cu, Zr]
        out = runs/quickstart,  out-exists = number
        store = sqlite,  store-lease = 3 s                    # or "postgres://user@host:port/db"
        search {
          trials = 400,  seed = 1,  samplers = auto           # trials of each replica
          decider { kind = gnn, model = "../data/models/cu50zr50.safetensors" }   # gnn | energy | aqs
          proposal { bias-exponent = 6, hastings = off, reversible = off, relax = on }
          targets = [ { kind = max, C = 0.3 }, { kind = mean, C = 0.001 }, { kind = quantile, q = 0.9, C = 0.01, direction = lower } ]
          C-scaling = per-atom                                # given C of mean and quantiles are per 16,000 atoms
          calibrate { acceptance = 0.012, pilot = 200 }       # one common factor on all C
          stop { accepted = none, mean-below = none }
          minimizer { kind = cg, force-tolerance = 1e-4, max-evaluations = 5000 }
          checkpoint-every = 60 s
        }
        replicas = 1
        tempering { scales = [1], every = 50, warm-up-rounds = 0 }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("glasswright-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TheExampleOfTheContractBinds()
    {
        ExperimentSettings settings = Resolve(Example).Settings;
        settings.Species.ShouldBe(["Cu", "Zr"]);
        settings.OutExists.ShouldBe(OutExists.Number);
        settings.Search.Targets.ShouldBe(
        [
            new TargetSettings { Kind = TargetChoice.Max, Constant = 0.3 },
            new TargetSettings { Kind = TargetChoice.Mean, Constant = 0.001 },
            new TargetSettings { Kind = TargetChoice.Quantile, Q = 0.9, Constant = 0.01, Direction = DirectionChoice.Lower },
        ]);
    }

    [Fact]
    public void InputsStartFromTheirFileAndOutputsAndOverridesFromTheWorkingDirectory()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "config"));
        Write("config/base.conf", "potential = p.fs");
        Write("config/run.conf", "include \"base.conf\"\nstructure = ../glass.data, out = runs/a");
        ExperimentSettings settings = ConfigurationReader.Resolve(
            "config/run.conf", ["search.decider.model=m.safetensors"], _folder, _ => null).Settings;
        settings.Potential.ShouldBe(Path.Combine(_folder, "config", "p.fs"));
        settings.Structure.ShouldBe(Path.Combine(_folder, "glass.data"));
        settings.Out.ShouldBe(Path.Combine(_folder, "runs", "a"));
        settings.Search.Decider.Model.ShouldBe([Path.Combine(_folder, "m.safetensors")]);
    }

    [Fact]
    public void OverridesLieOverTheFileAndTheFileOverTheReference()
    {
        ExperimentSettings settings = Resolve(
            "search { seed = 2, trials = 20 }", "search.trials=30", "search.trials=40", "search.samplers=3").Settings;
        settings.Search.Trials.ShouldBe(40);
        settings.Search.Seed.ShouldBe(2ul);
        settings.Search.Samplers.ShouldBe(3);
        settings.Search.Minimizer.MaxEvaluations.ShouldBe(5000);
    }

    [Fact]
    public void AnOverrideThatIsNoHoconIsTextOfItsKeysType()
    {
        ExperimentSettings settings = Resolve(
            "search.stop.accepted = 5",
            "search.proposal.hastings=on",
            "search.stop.accepted=none",
            "search.checkpoint-every=2 m",
            "store=postgres://ann@host:5432/db",
            "run.name=a = b, {c}").Settings;
        settings.Search.Proposal.Hastings.ShouldBeTrue();
        settings.Search.Stop.Accepted.ShouldBeNull();
        settings.Search.CheckpointEvery.ShouldBe(TimeSpan.FromMinutes(2));
        settings.Store.ShouldBe("postgres://ann@host:5432/db");
        settings.Run.Name.ShouldBe("a = b, {c}");
    }

    [Fact]
    public void AnOverrideThatBeginsWithABracketOrQuoteIsHocon()
    {
        ExperimentSettings settings = Resolve(
            "define.c = 0.02",
            "search.targets=[{ kind = mean, C = ${define.c} }]",
            "search.calibrate={ pilot = 50 }",
            "species=[Cu, Zr]",
            "run.name=\"quoted\"").Settings;
        settings.Search.Targets.ShouldBe([new TargetSettings { Kind = TargetChoice.Mean, Constant = 0.02 }]);
        settings.Search.Calibrate.ShouldBe(new CalibrationSettings { Acceptance = 0.012, Pilot = 50 });
        settings.Run.Name.ShouldBe("quoted");
    }

    [Fact]
    public void AGroupSwitchedOffAndOnAgainHasItsDefaultsBack()
    {
        Resolve("search.calibrate = off").Settings.Search.Calibrate.ShouldBeNull();
        Resolve("search.calibrate = off", "search.calibrate.acceptance=0.05").Settings.Search.Calibrate
            .ShouldBe(new CalibrationSettings { Acceptance = 0.05, Pilot = 200 });
    }

    [Fact]
    public void ASubstitutionMayReferToTheReferenceAndToTheEnvironment()
    {
        Write("run.conf", "label.max-evaluations = ${search.minimizer.max-evaluations}, search.trials = ${?TRIALS}");
        ExperimentSettings settings = ConfigurationReader.Resolve(
            "run.conf", [], _folder, name => name == "TRIALS" ? "77" : null).Settings;
        settings.Label.MaxEvaluations.ShouldBe(5000);
        settings.Search.Trials.ShouldBe(77);
    }

    [Theory]
    [InlineData("\ntrials = 5", 2, "unknown key trials", null, "search.trials")]
    [InlineData("search {\n trails = 5 }", 2, "unknown key search.trails", null, "trials")]
    [InlineData("search.decider.Kind = gnn", 1, "unknown key search.decider.Kind", null, "kind")]
    [InlineData("serach.trials = 5", 1, "unknown key serach", null, "search")]
    [InlineData("search.trials = many", 1, "search.trials has a value it cannot have", "a whole number, at least 1", null)]
    [InlineData("search.trials = 0", 1, "search.trials has a value it cannot have", "at least 1", null)]
    [InlineData("search.trials = 1.5", 1, "search.trials has a value it cannot have", "a whole number, at least 1", null)]
    [InlineData("search.trials = null", 1, "search.trials has a value it cannot have", "a whole number, at least 1", null)]
    [InlineData("search.seed = -1", 1, "search.seed has a value it cannot have", "a whole number, 0 or more", null)]
    [InlineData("search = 5", 1, "search has a value it cannot have", "a group in braces", null)]
    [InlineData("search.samplers = 0", 1, "search.samplers has a value it cannot have", "at least 1, or auto", null)]
    [InlineData("search.calibrate = on", 1, "search.calibrate has a value it cannot have", "a group in braces, or off", null)]
    [InlineData("search.decider.kind = gmn", 1, "search.decider.kind has a value it cannot have", "one of gnn, energy, aqs, random", "gnn")]
    [InlineData("search.proposal.hastings = 1", 1, "search.proposal.hastings has a value it cannot have", "on or off", null)]
    [InlineData("search.checkpoint-every = 5 parsecs", 1, "search.checkpoint-every has a value it cannot have", null, null)]
    [InlineData("search.minimizer.force-tolerance = 1e999", 1, "search.minimizer.force-tolerance has a value it cannot have", null, null)]
    [InlineData("species = Cu", 1, "species has a value it cannot have", "a list in brackets", null)]
    [InlineData("species = []", 1, "species has a value it cannot have", "a list of at least 1", null)]
    [InlineData("structure = \"\"", 1, "structure has a value it cannot have", "a path", null)]
    [InlineData("search.targets = [ { kind = max },\n { kind = quantile } ]", 2, "search.targets.1.kind needs the level of the quantile", "q between 0 and 1 beside it", null)]
    [InlineData("search.targets = [ { kind = max, direction = toward } ]", 1, "search.targets.0.direction needs a goal", "value beside it", null)]
    [InlineData("search.targets = [ { C = 1 } ]", 1, "search.targets.0.kind is missing", "one of max, mean, quantile, energy", null)]
    [InlineData("replicas = 3\ntempering.scales = [1, 2]", 1, "replicas does not fill whole ladders", "a multiple of the number of tempering.scales, 2", null)]
    [InlineData("tempering.scales = [1, 3, 2]", 1, "tempering.scales is no ladder", "1 first, then larger and larger scales", null)]
    [InlineData("search.proposal.displacement.fraction = 0.5", 1, "search.proposal.displacement.fraction asks for displacement moves, which a relaxation takes back", null, null)]
    [InlineData("search.decider { kind = energy }\nsearch.calibrate = off", 2, "search.decider.temperature leaves the energy without a constant", null, null)]
    [InlineData("search.screening = early", 1, "search.screening has a value it cannot have", "one of off, early-reject, delayed-acceptance", null)]
    [InlineData("search.screening-margin = -1", 1, "search.screening-margin has a value it cannot have", "at least 0", null)]
    [InlineData("search.screening = early-reject\nsearch.screening-force-tolerance = 1e-4", 2, "search.screening-force-tolerance leaves nothing to save", "more than search.minimizer.force-tolerance", null)]
    [InlineData("search { decider { kind = energy, temperature = 900 }\n proposal.relax = off\n screening = early-reject }", 3, "search.screening pauses relaxations, and there are none", null, null)]
    [InlineData("search.proposal.transmutation.fraction = 1.5", 1, "search.proposal.transmutation.fraction has a value it cannot have", "at most 1", null)]
    [InlineData("search.proposal.transmutation.fraction = 0.5", 1, "search.proposal.transmutation.fraction asks for transmutations, and nothing says what a composition costs", null, null)]
    [InlineData("search.composition { kind = semi-grand\n chemical-potential { Cu = 0, Zr = 1 } }", 1, "search.proposal.transmutation.fraction is 0, and nothing else changes a composition", null, null)]
    [InlineData("search.composition { kind = semigrand }", 1, "search.composition.kind has a value it cannot have", "one of off, semi-grand, variance-constrained", "semi-grand")]
    [InlineData("search.composition {\n kind = semi-grand }", 2, "search.composition.kind needs chemical-potential", null, null)]
    [InlineData("search.composition {\n kind = variance-constrained, kappa = 1 }", 2, "search.composition.kind needs target", null, null)]
    [InlineData("search.composition { kind = variance-constrained, target { Cu = 0.5 }\n kappa = 0 }", 2, "search.composition.kappa has a value it cannot have", "more than 0", null)]
    [InlineData("search.composition {\n chemical-potential { Cu = 0 } }", 2, "search.composition.chemical-potential belongs to the kind semi-grand", null, null)]
    [InlineData("search.composition { kind = semi-grand\n chemical-potential { Cu = much } }", 2, "search.composition.chemical-potential.Cu has a value it cannot have", null, null)]
    [InlineData("search.composition { kind = semi-grand\n chemical-potential = 0.5 }", 2, "search.composition.chemical-potential has a value it cannot have", "a group in braces, a number for each name", null)]
    [InlineData("search.composition { kind = variance-constrained, kappa = 1\n target { Cu = 0.5, Zr = 0.6 } }", 2, "search.composition.target asks for more than all atoms", null, null)]
    [InlineData("search { proposal.transmutation.fraction = 0.5\n decider { kind = random, acceptance = 0.1 }\n composition { kind = semi-grand, chemical-potential { Cu = 0, Zr = 1 } } }", 3, "search.composition.kind has no part in a decision by chance", null, null)]
    [InlineData("search { proposal.transmutation.fraction = 0.5\n decider { kind = energy, C = 1 }\n composition { kind = semi-grand, chemical-potential { Cu = 0, Zr = 1 }, C = 1 } }", 3, "search.composition.C is a second constant: the decider energy weighs energy and composition with one", null, null)]
    [InlineData("search { proposal { relax = off, displacement.fraction = 0.6, transmutation.fraction = 0.5 }\n decider { kind = energy, C = 1 }\n composition { kind = semi-grand, chemical-potential { Cu = 0, Zr = 1 } } }", 1, "search.proposal.displacement.fraction leaves no room for the transmutations", null, null)]
    [InlineData("store = mongo", 1, "store names no store", null, null)]
    [InlineData("label.modes = [\"xy+\", xy]", 1, "label.modes.1 has a value it cannot have", null, "xy+")]
    [InlineData("label.lateral = isocoric", 1, "label.lateral has a value it cannot have", "one of isochoric, fixed, stress", "isochoric")]
    [InlineData("train { data = [ { structure = a1.data } ]\n split.train = [a2] }", 2, "train.split.train names the glass a2, which train.data does not hold", null, "a1")]
    [InlineData("train { data = [ { structure = a1.data } ]\n split { train = [a1]\n test = [a1] } }", 3, "train.split.test names the glass a1, which train holds already", null, null)]
    [InlineData("architecture.edge-width = 50", 1, "architecture.gaussian.count differs from architecture.edge-width", "50", null)]
    public void ABadSettingIsOneLineWithFileAndLine(string text, int line, string problem, string? expected, string? nearest)
    {
        InputException error = Should.Throw<InputException>(() => Resolve(text));
        error.Problem.ShouldBe(problem);
        error.File.ShouldBe("run.conf");
        error.Line.ShouldBe(line);
        if (expected is not null)
        {
            error.Expected.ShouldBe(expected);
        }

        error.Nearest.ShouldBe(nearest);
        error.Message.ShouldNotContain('\n');
    }

    [Theory]
    [InlineData("search.trials=many", "-D search.trials: search.trials has a value it cannot have; expected a whole number, at least 1; found \"many\"")]
    [InlineData("search.trails=5", "-D search.trails: unknown key search.trails; expected in search one of trials, seed, samplers, decider, proposal, targets, composition, C-scaling, calibrate, stop, minimizer, screening, screening-force-tolerance, screening-margin, screening-audit, validate, learn, checkpoint-every, debug; found trails; did you mean trials?")]
    [InlineData("search.trials", "-D search.trials gives no value; expected -D path=value; found 'search.trials'")]
    [InlineData("search..trials=5", "-D search..trials: a path has an empty key; expected keys separated by single dots; an empty key is written \"\"; found 'search..trials'")]
    [InlineData("search.targets=[1", "-D search.targets: the bracket opened in line 1 is not closed; expected ']'; found the end of the file")]
    public void ABadOverrideIsNamedByItsKey(string assignment, string message) =>
        Should.Throw<InputException>(() => Resolve(string.Empty, assignment)).Message.ShouldBe(message);

    [Fact]
    public void EveryShippedConfigurationResolves()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Root, "config"), "*.conf", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        files.Length.ShouldBeGreaterThan(15);
        foreach (string file in files.Where(file => Path.GetFileName(file) != "reference.conf"))
        {
            Should.NotThrow(() => ConfigurationReader.Resolve(file), file).File.ShouldBe(file);
        }
    }

    [Theory]
    [InlineData("cu50zr50", "cu64zr36")]
    [InlineData("cu64zr36", "cu50zr50")]
    public void ThePapersSuiteHasThePapersSplitAndLeadsFromOneFileToTheNext(string name, string other)
    {
        ResolvedConfiguration Paper(string file) => ConfigurationReader.Resolve(Path.Combine(Repository.Root, "config", "paper", file + ".conf"));
        Host.Configuration.Settings.ExperimentSettings suite = Paper($"train-{name}").Settings;
        (suite.Train.Split.Train.Count, suite.Train.Split.Validation.Count, suite.Train.Split.Test.Count).ShouldBe((100, 10, 10));
        suite.Train.Split.Train.Concat(suite.Train.Split.Validation).Concat(suite.Train.Split.Test)
            .ShouldBe(suite.Train.Data.Select(glass => glass.Name), "every glass once");
        suite.Suite.Transfer.Select(set => set.Name).ShouldBe([$"{name}-1e9", $"{other}-1e10", $"{other}-1e9"]);
        suite.Suite.Transfer.ShouldAllBe(set => set.Glasses.Count == 10);

        // What is named is what prepare will have made.
        foreach ((string set, IEnumerable<Host.Configuration.Settings.GlassSettings> glasses) in suite.Suite.Transfer
            .Select(set => (set.Name, set.Glasses.AsEnumerable())).Append(($"{name}-1e10", suite.Train.Data)))
        {
            ResolvedConfiguration made = Paper(set);
            Host.Configuration.Settings.PrepareSettings prepare = made.Settings.Prepare;
            foreach (Host.Configuration.Settings.GlassSettings glass in glasses)
            {
                Path.GetDirectoryName(glass.Structure).ShouldBe(Path.Combine(Repository.Root, "runs", "paper", set));
                string stem = $"{set.Split('-')[0]}-{prepare.Atoms}-";
                glass.Name.ShouldStartWith(stem);
                ulong.Parse(glass.Name[stem.Length..], System.Globalization.CultureInfo.InvariantCulture)
                    .ShouldBeInRange(prepare.Seed, prepare.Seed + (ulong)prepare.Samples - 1);
                glass.Labels.ShouldBe(Path.Combine(Repository.Root, "runs", "paper", "labels", set, glass.Name + ".labels.csv"));
            }
        }
    }

    [Fact]
    public void ThePapersConfigurationsWriteWithinTheWorkingDirectoryAndThoseOfAGpuSayHow()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Root, "config", "paper")).Where(file => File.ReadAllText(file).Contains("out = ", StringComparison.Ordinal))];
        files.Length.ShouldBeGreaterThanOrEqualTo(8);
        foreach (string file in files)
        {
            string name = Path.GetFileNameWithoutExtension(file);
            ResolvedConfiguration resolved = ConfigurationReader.Resolve(file);
            resolved.Settings.Out.ShouldBe(Path.GetFullPath("runs/paper/" + name));
            bool gpu = name.EndsWith("-gpu", StringComparison.Ordinal);
            resolved.Settings.Backend.ShouldBe(gpu ? Host.Configuration.Settings.ForceBackend.OpenCl : Host.Configuration.Settings.ForceBackend.Cpu, name);
            if (gpu)
            {
                Host.Commands.SearchTranslation.Translate(resolved).Minimizer.Kind.ShouldBe(Kernels.Minimization.MinimizerKind.ConjugateGradient);
            }
        }
    }

    [Theory]
    [InlineData("random", "Random", "energy")]
    [InlineData("energy", "Energy", "energy")]
    [InlineData("uniform", "Gnn", "max mean q0.10 q0.25 q0.50 q0.75 q0.90 energy")]
    [InlineData("mean", "Gnn", "mean")]
    public void AControlDiffersFromTheQuickstartInItsOneThing(string name, string kind, string targets)
    {
        ResolvedConfiguration control = ConfigurationReader.Resolve(Path.Combine(Repository.Root, "config", "controls", name + ".conf"));
        ResolvedConfiguration quickstart = ConfigurationReader.Resolve(Path.Combine(Repository.Root, "config", "quickstart.conf"));
        Actors.Search.SearchSettings settings = Host.Commands.SearchTranslation.Translate(control);
        settings.Decider.Kind.ToString().ShouldBe(kind);
        Enumerable.Range(0, settings.TargetSet.Count).Select(k => settings.TargetSet[k].Name).ShouldBe(targets.Split(' '));
        (control.Settings.Structure, control.Settings.Search.Seed, control.Settings.Search.Trials)
            .ShouldBe((quickstart.Settings.Structure, quickstart.Settings.Search.Seed, quickstart.Settings.Search.Trials));
        control.Settings.Search.Decider.Model.ShouldBe(quickstart.Settings.Search.Decider.Model);
        (settings.Proposal.BiasExponent == 0).ShouldBe(name != "mean");
    }

    [Fact]
    public void TheQuickstartNamesFilesThatAreShipped()
    {
        ResolvedConfiguration quickstart = ConfigurationReader.Resolve(Path.Combine(Repository.Root, "config", "quickstart.conf"));
        quickstart.RequireFile("structure", quickstart.Settings.Structure).ShouldBe(Repository.Data("glasses", "cu50zr50-864-p0.data"));
        quickstart.RequireFile("potential", quickstart.Settings.Potential).ShouldBe(Repository.Data("potentials", "CuZr_mm.eam.fs"));
    }

    [Fact]
    public void AFileThatIsNeededAndMissingIsBlamedOnItsLine()
    {
        ResolvedConfiguration configuration = Resolve("\n\nstructure = none.data");
        Should.Throw<InputException>(() => configuration.RequireFile("structure", configuration.Settings.Structure)).Message.ShouldBe(
            $"run.conf:3: structure names a file that does not exist; expected an existing file; found {Path.Combine(_folder, "none.data")}");
        Should.Throw<InputException>(() => configuration.RequireFile("potential", configuration.Settings.Potential)).Message.ShouldBe(
            "run.conf: potential is not set; expected the path of a file");
    }

    [Fact]
    public void AnArchitectureFileIsReadByTheSameReader()
    {
        Write("net.conf", "architecture { node-width = 8, embedding = [40, 8], edge-width = 12, gaussian.count = 12, activation = leaky-relu }");
        Architecture architecture = ConfigurationReader.ReadArchitecture("net.conf", _folder).ToArchitecture();
        architecture.ShouldBe(new Architecture
        {
            NodeWidth = 8,
            Embedding = [40, 8],
            EdgeWidth = 12,
            Gaussian = GaussianBasis.Default with { Count = 12 },
            Activation = Activation.LeakyRelu,
        });
        Write("again.conf", ConfigurationReader.WriteArchitecture(ArchitectureSettings.From(architecture)));
        ConfigurationReader.ReadArchitecture("again.conf", _folder).ToArchitecture().ShouldBe(architecture);
    }

    [Fact]
    public void EveryOptionOfAnArchitectureComesBack()
    {
        Write("net.conf", "architecture { pooling = set2set, pooling-steps = 4, remember = lstm, class-levels = [0.1, 0.9], target.bounds = [-3, -1.5] }");
        Architecture architecture = ConfigurationReader.ReadArchitecture("net.conf", _folder).ToArchitecture();
        architecture.ShouldBe(new Architecture
        {
            Pooling = Pooling.Set2set,
            PoolingSteps = 4,
            Remember = Remember.Lstm,
            ClassLevels = [0.1, 0.9],
            ClassBounds = [-3, -1.5],
        });
        Write("again.conf", ConfigurationReader.WriteArchitecture(ArchitectureSettings.From(architecture)));
        ConfigurationReader.ReadArchitecture("again.conf", _folder).ToArchitecture().ShouldBe(architecture);
        Write("mean.conf", "architecture { pooling = mean, remember = dense }");
        ConfigurationReader.ReadArchitecture("mean.conf", _folder).ToArchitecture()
            .ShouldBe(new Architecture { Pooling = Pooling.Mean, Remember = Remember.Dense });
    }

    [Theory]
    [InlineData("heads = 5", "net.conf: the file describes no network; expected architecture { … }")]
    [InlineData("architecture { heads = 5 }\nsearch {}", "net.conf:2: unknown key search; expected at the top level one of architecture; found search")]
    [InlineData("architecture.pooling = maks", "net.conf:1: architecture.pooling has a value it cannot have; expected one of sum, mean, max, set2set; found \"maks\"")]
    [InlineData("architecture.remember = gru", "net.conf:1: architecture.remember has a value it cannot have; expected one of residual, lstm, dense; found \"gru\"")]
    [InlineData("architecture.class-levels = [0.9, 0.1]", "net.conf:1: architecture.class-levels does not rise; expected rising numbers between 0 and 1")]
    public void ABadArchitectureFileIsOneLine(string text, string message)
    {
        Write("net.conf", text);
        Should.Throw<InputException>(() => ConfigurationReader.ReadArchitecture("net.conf", _folder)).Message.ShouldBe(message);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private ResolvedConfiguration Resolve(string text, params string[] overrides)
    {
        Write("run.conf", text);
        return ConfigurationReader.Resolve("run.conf", overrides, _folder, _ => null);
    }
}
