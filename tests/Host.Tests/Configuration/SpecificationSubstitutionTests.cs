namespace Glasswright.Host.Tests.Configuration;

/// <summary>
/// The examples of the HOCON specification (github.com/lightbend/config, HOCON.md), sections "Substitutions",
/// "Self-referential substitutions", "The += field separator" and those on the environment.
/// </summary>
public sealed class SpecificationSubstitutionTests
{
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["HOME"] = "/home/ann",
        ["EMPTY"] = "",
        ["LIST_0"] = "a",
        ["LIST_1"] = "b",
        ["LIST_3"] = "d",
    };

    [Theory]
    [InlineData("Substitutions", "animal.favorite = cat, key : ${animal.favorite} is my favorite animal", """{"animal":{"favorite":"cat"},"key":"cat is my favorite animal"}""")]
    [InlineData("Substitutions", "animal.favorite = cat, key : ${animal.favorite}\" is my favorite animal\"", """{"animal":{"favorite":"cat"},"key":"cat is my favorite animal"}""")]
    [InlineData("Substitutions", "a = \"${b}\"", """{"a":"${b}"}""")]
    [InlineData("Substitutions", "a = ${b}, b = [1, { c = 2 }]", """{"a":[1,{"c":2}],"b":[1,{"c":2}]}""")]
    [InlineData("Substitutions", "a = ${b}, b = 1, b = 2", """{"a":2,"b":2}""")]
    [InlineData("Substitutions", "a = ${b.c}, b.c = true, b { d = ${a} }", """{"a":true,"b":{"c":true,"d":true}}""")]
    [InlineData("Substitutions", "a = x${?none}y", """{"a":"xy"}""")]
    [InlineData("Substitutions", "a = [1, ${?none}, 2]", """{"a":[1,2]}""")]
    [InlineData("Substitutions", "a = [1] ${?none}, b = ${?none} { c = 1 }", """{"a":[1],"b":{"c":1}}""")]
    [InlineData("Substitutions", "foo : ${?bar}", "{}")]
    [InlineData("Substitutions", "foo : 1, foo : ${?bar}", """{"foo":1}""")]
    [InlineData("Substitutions", "foo : ${?bar}${?baz}", "{}")]
    [InlineData("Substitutions", "foo : ${bar}, bar = null", """{"foo":null,"bar":null}""")]
    [InlineData("Self-Referential Substitutions", "path : \"a:b:c\"\npath : ${path}\":d\"", """{"path":"a:b:c:d"}""")]
    [InlineData("Self-Referential Substitutions", "foo : ${?foo}", "{}")]
    [InlineData("Self-Referential Substitutions", "foo : { a : 1 }\nfoo : ${foo}", """{"foo":{"a":1}}""")]
    [InlineData("Self-Referential Substitutions", "foo : ${does-not-exist}\nfoo : 42", """{"foo":42}""")]
    [InlineData("Self-Referential Substitutions", "foo : ${foo}, foo : 42", """{"foo":42}""")]
    [InlineData("Self-Referential Substitutions", "foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", """{"foo":{"a":2,"c":1}}""")]
    [InlineData("Self-Referential Substitutions", "bar : { foo : 42,\n baz : ${bar.foo}\n}", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("Self-Referential Substitutions", "bar : { foo : 42,\n baz : ${bar.foo}\n}\nbar : { foo : 43 }", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData("Self-Referential Substitutions", "bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4", """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("Self-Referential Substitutions", "a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("Self-Referential Substitutions", "a = 1, a = ${a}2, a = ${a}3", """{"a":"123"}""")]
    [InlineData("Self-Referential Substitutions", "a : 1\nb : 2\na : ${b}\nb : ${a}", """{"a":1,"b":1}""")]
    [InlineData("Self-Referential Substitutions", "base = { x = 1 }\nbar = ${base} { foo = 42, baz = ${bar.foo} }", """{"base":{"x":1},"bar":{"x":1,"foo":42,"baz":42}}""")]
    [InlineData("The += field separator", "a += b", """{"a":["b"]}""")]
    [InlineData("The += field separator", "a = [1], a += 2, a += [3]", """{"a":[1,2,[3]]}""")]
    [InlineData("The += field separator", "x { a += 1 }\nx.a += 2", """{"x":{"a":[1,2]}}""")]
    [InlineData("The += field separator", "[ { a = [1], a += 2 } ]", """[{"a":[1,2]}]""")]
    [InlineData("Substitution fallback to environment variables", "a = ${HOME}, b = ${HOME}/glass", """{"a":"/home/ann","b":"/home/ann/glass"}""")]
    [InlineData("Substitution fallback to environment variables", "a = ${?NOTHING}, b = ${?EMPTY}", "{}")]
    [InlineData("Substitution fallback to environment variables", "HOME : null, a = ${HOME}", """{"HOME":null,"a":null}""")]
    [InlineData("Substitution fallback to environment variables", "HOME = here, a = ${HOME}", """{"HOME":"here","a":"here"}""")]
    [InlineData("Substitution fallback to environment variables", "a = 1, a = ${?NOTHING}", """{"a":1}""")]
    [InlineData("List values from environment variables", "my-list = ${LIST[]}", """{"my-list":["a","b"]}""")]
    [InlineData("List values from environment variables", "my-list = ${?NOTHING[]}", "{}")]
    public void AnExampleMeansWhatItsSectionSays(string section, string hocon, string json)
    {
        section.ShouldNotBeEmpty();
        HoconJson.ShouldMean(hocon, json, Environment.GetValueOrDefault);
    }

    [Theory]
    [InlineData("Substitutions", "a = 1\nb = ${none}", 2, "the substitution ${none} has no value", null)]
    [InlineData("Substitutions", "a = 1\nb = ${a.c}", 2, "the substitution ${a.c} has no value", null)]
    [InlineData("Self-Referential Substitutions", "foo : ${foo}", 1, "substitutions form a cycle", "${foo}")]
    [InlineData("Self-Referential Substitutions", "foo : ${foo}\nfoo : { a : 1 }", 1, "substitutions form a cycle", "${foo}")]
    [InlineData("Self-Referential Substitutions", "a : { b : ${a} }", 1, "substitutions form a cycle", "${a}")]
    [InlineData("Self-Referential Substitutions", "a : [${a}]", 1, "substitutions form a cycle", "${a}")]
    [InlineData("Self-Referential Substitutions", "bar : ${foo}\nfoo : ${bar}", 2, "substitutions form a cycle", "${foo} -> ${bar}")]
    [InlineData("Self-Referential Substitutions", "a : ${b}\nb : ${c}\nc : ${a}", 3, "substitutions form a cycle", "${b} -> ${c} -> ${a}")]
    [InlineData("The += field separator", "a = 1, a += 2", 1, "values of different kinds stand in a row", "1")]
    [InlineData("List values from environment variables", "a = ${NOTHING[]}", 1, "the substitution ${NOTHING[]} has no value", null)]
    [InlineData("Array and object concatenation", "x = 1, a = ${x} { b = 1 }", 1, "${x} is joined with a group in braces", "1")]
    public void WhatHasNoValueIsAnErrorThatNamesFileAndLine(string section, string hocon, int line, string problem, string? found)
    {
        section.ShouldNotBeEmpty();
        Kernels.InputException error = HoconJson.ShouldFail(hocon);
        error.Problem.ShouldBe(problem);
        error.Line.ShouldBe(line);
        error.Found.ShouldBe(found);
    }

    [Fact]
    public void ALongChainOfSubstitutionsIsAnErrorAndNoCrash()
    {
        string hocon = string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $"a{i} = ${{a{i + 1}}}"));
        HoconJson.ShouldFail(hocon).Problem.ShouldBe("substitutions lead to one another too often");
    }

    [Fact]
    public void ValuesThatReferToValuesManyTimesOverAreResolvedOnce()
    {
        // 2^60 copies if each occurrence were resolved anew for each that refers to it.
        string hocon = "a0 = x\n" + string.Join('\n', Enumerable.Range(1, 60).Select(i => $"a{i} = [${{a{i - 1}}}, ${{a{i - 1}}}]"));
        var tree = (Host.Configuration.Hocon.ConfigObject)Host.Configuration.Hocon.HoconReader.ReadText(hocon);
        tree.Fields.Count.ShouldBe(61);
    }
}
