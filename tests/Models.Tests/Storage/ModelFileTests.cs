using Glasswright.Kernels;
using Glasswright.Kernels.Structure;
using Glasswright.Models.Network;
using Glasswright.Models.Storage;
using Glasswright.Models.Tests.Network;

namespace Glasswright.Models.Tests.Storage;

public class ModelFileTests
{
    private static PropertyModel Complete()
    {
        SafeTensors file = GnnReference.Load();
        Architecture architecture = GnnReference.Architecture(file) with
        {
            Activation = Activation.LeakyRelu,
            Target = new TargetNormalization(-1.25, 0.1),
        };
        ParameterSet parameters = new(architecture);
        parameters.CopyFrom(GnnReference.Parameters(file));
        return new PropertyModel(
            parameters,
            new LabelDefinition
            {
                Strain = 0.04,
                Step = 1e-4,
                Lateral = "isochoric",
                Modes = ["xy+", "x-"],
                D2MinCutoff = 5,
                D2MinNormalization = "sum",
            },
            new string('a', 64),
            new ModelProvenance
            {
                Program = "0.1.0",
                Files = [new TrainingFile("g1.data", new string('b', 64), "training")],
                Split = "by glass",
                Seed = 7,
                Metrics = { ["test/pearson"] = 0.1 + 0.2 },
                Notes = "made for a test: “quotes”, Å",
            });
    }

    [Fact]
    public void OptionsSurviveAModelsFileAndDefaultsAreNotWritten()
    {
        Architecture architecture = GnnReference.Architecture(GnnReference.Load()) with
        {
            Pooling = Pooling.Set2set,
            PoolingSteps = 4,
            Remember = Remember.Lstm,
            ClassLevels = [0.1, 0.9],
            ClassBounds = [-2.5, -1],
        };
        byte[] bytes = ModelFile.ToBytes(new PropertyModel(new ParameterSet(architecture)));
        ModelFile.Parse(bytes).Architecture.ShouldBe(architecture);
        string text = SafeTensors.Parse(bytes).Metadata["architecture"];
        text.ShouldContain("\"pooling\":\"set2set\"");
        text.ShouldContain("\"pooling-steps\":4,");
        text.ShouldContain("\"remember\":\"lstm\"");
        text.ShouldContain("\"class-bounds\":[-2.5,-1]");

        // Models of before these options keep their bytes, and with them their identity.
        string old = System.Text.Encoding.UTF8.GetString(ModelFile.ToBytes(Complete()));
        old.ShouldNotContain("pooling-steps");
        old.ShouldNotContain("class-");
    }

    [Fact]
    public void AModelSurvivesItsFileToTheLastByte()
    {
        PropertyModel model = Complete();
        byte[] bytes = ModelFile.ToBytes(model);
        PropertyModel back = ModelFile.Parse(bytes, "m.safetensors");

        back.Architecture.ShouldBe(model.Architecture);
        back.Label.ShouldBe(model.Label);
        back.PotentialSha256.ShouldBe(model.PotentialSha256);
        back.Provenance!.Files.ShouldBe(model.Provenance!.Files);
        back.Provenance.Metrics.ShouldBe(model.Provenance.Metrics);
        back.Provenance.Notes.ShouldBe(model.Provenance.Notes);

        // A file that does not tell its numerics, as files of before that field, is a model still.
        System.Text.Encoding.UTF8.GetString(ModelFile.ToBytes(model)).ShouldNotContain("numerics");
        back.Provenance.Numerics.ShouldBeNull();
        back.Provenance.LabelNumerics.ShouldBeNull();
        ModelFile.ToBytes(back).ShouldBe(bytes);
        back.Sha256.ShouldBe(model.Sha256);
    }

    [Fact]
    public void AWrittenFileIsTheCanonicalBytes()
    {
        string path = Path.Combine(Path.GetTempPath(), $"glasswright-{Guid.NewGuid():N}.safetensors");
        try
        {
            PropertyModel model = Complete();
            ModelFile.Write(path, model);
            File.ReadAllBytes(path).ShouldBe(ModelFile.ToBytes(model));
            ModelFile.Read(path).Sha256.ShouldBe(model.Sha256);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void TheArchitectureIsWrittenWithTheNamesOfTheConfiguration()
    {
        string text = SafeTensors.Parse(ModelFile.ToBytes(Complete())).Metadata["architecture"];
        text.ShouldBe(
            """
            {"species":["A","B"],"node-width":8,"edge-width":12,"heads":2,"head-width":5,"layers":3,"cutoff":3.2,"gaussian":{"start":0,"step":0.3,"count":12,"sigma":0.3},"activation":"leaky-relu","pooling":"sum","remember":"residual","embedding":[8,8],"readout":[6],"target":{"mean":-1.25,"std":0.1}}
            """.Trim());
    }

    [Fact]
    public void OneChangedWeightChangesTheIdentity()
    {
        PropertyModel model = Complete();
        ParameterSet changed = model.Parameters.Clone();
        changed["readout_layer.bias"][0] = MathF.BitIncrement(changed["readout_layer.bias"][0]);
        new PropertyModel(changed, model.Label, model.PotentialSha256, model.Provenance).Sha256.ShouldNotBe(model.Sha256);
    }

    [Fact]
    public void WeightsOfPyTorchAreTakenWithTheirBatchCounters()
    {
        PropertyModel model = Complete();
        SafeTensors weights = ModelFile.ExportWeights(model.Parameters);
        weights.Add("gnn_layers.0.edge_bn.num_batches_tracked", SafeTensor.From([5L]));
        ParameterSet set = ModelFile.ImportWeights(weights, model.Architecture);
        set["readout_layer.weight"].ShouldBe(model.Parameters["readout_layer.weight"]);
    }

    [Fact]
    public void AWeightThatIsMissingUnknownOrMisshapenIsNamed()
    {
        PropertyModel model = Complete();
        Should.Throw<InputException>(() => ModelFile.ImportWeights(new SafeTensors(), model.Architecture))
            .Message.ShouldContain("'node_embedding_layer.mlp.0.weight' is missing");

        SafeTensors unknown = ModelFile.ExportWeights(model.Parameters);
        unknown.Add("gnn_layers.0.edge_linea.weight", SafeTensor.From([5f], 1));
        Should.Throw<InputException>(() => ModelFile.ImportWeights(unknown, model.Architecture))
            .Nearest.ShouldBe("gnn_layers.0.edge_linear.weight");

        Should.Throw<InputException>(() => ModelFile.ImportWeights(
                ModelFile.ExportWeights(model.Parameters), model.Architecture with { HeadWidth = 3 }))
            .Message.ShouldContain("'gnn_layers.0.attention_linears.0.mlp.0.weight' does not fit the architecture; expected [3, 28]; found [5, 28]");
    }

    public static TheoryData<string, string?, string> BadMetadata() => new()
    {
        { "format", null, "holds no model" },
        { "format", "other", "holds no model" },
        { "format-version", "2", "version that this program does not read" },
        { "architecture", null, "tells no architecture" },
        { "architecture", "{", "'architecture' cannot be read" },
        { "architecture", "{}", "'architecture' cannot be read" },
        { "label", """{"quantity":"ln_d2min","strian":0.04}""", "'label' cannot be read" },
        { "provenance", """{"program":null}""", "'provenance' cannot be read" },
    };

    [Theory]
    [MemberData(nameof(BadMetadata))]
    public void BadMetadataAreOneClearError(string key, string? value, string message)
    {
        SafeTensors file = SafeTensors.Parse(ModelFile.ToBytes(Complete()), "m.safetensors");
        file.Metadata.Remove(key);
        if (value is not null)
        {
            file.Metadata[key] = value;
        }

        InputException error = Should.Throw<InputException>(() => ModelFile.Parse(file.ToBytes(), "m.safetensors"));
        error.Message.ShouldContain(message);
        error.File.ShouldBe("m.safetensors");
    }

    [Fact]
    public void SpeciesAreMatchedByNameWhateverTheirOrder()
    {
        PropertyModel model = Complete();
        AtomicStructure structure = new(3, Cell.Orthorhombic(9, 9, 9), ["X", "B", "A"]);
        structure.Species[0] = 1;
        structure.Species[1] = 2;
        structure.Species[2] = 2;
        model.RequireSpecies(structure).ShouldBe([-1, 1, 0]);

        structure.Species[0] = 0;
        InputException error = Should.Throw<InputException>(() => model.RequireSpecies(structure));
        error.Expected.ShouldBe("A, B");
        error.Found.ShouldBe("X");
    }

    [Fact]
    public void AtomsOfAnUnnamedTypeAreRefused()
    {
        AtomicStructure structure = new(1, Cell.Orthorhombic(9, 9, 9), [""]);
        Should.Throw<InputException>(() => Complete().RequireSpecies(structure)).Message.ShouldContain("--species");
    }
}
