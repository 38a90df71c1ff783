namespace Glasswright.Host.Tests.Configuration;

/// <summary>
/// The examples of the HOCON specification (github.com/lightbend/config, HOCON.md), sections "Comments" to "Paths as
/// keys"; the section stands first in each case, the meaning as JSON last.
/// </summary>
public sealed class SpecificationSyntaxTests
{
    [Theory]
    [InlineData("Unchanged from JSON", """{ "a" : [1, 2.5e3, true, null, "x\n\u0041\"\\\/"], "b" : { "c" : {} } }""", """{"a":[1,2.5e3,true,null,"x\nA\"\\/"],"b":{"c":{}}}""")]
    [InlineData("Comments", "# one\na = 1 # two\n// three\nb = 2 // four\nc = \"# no // comment\"", """{"a":1,"b":2,"c":"# no // comment"}""")]
    [InlineData("Omit root braces", "a : 1", """{"a":1}""")]
    [InlineData("Omit root braces", "{ a : 1 }", """{"a":1}""")]
    [InlineData("Omit root braces", "", "{}")]
    [InlineData("Omit root braces", "\n# nothing but this\n", "{}")]
    [InlineData("Omit root braces", "[1, 2]", "[1,2]")]
    [InlineData("Key-value separator", "a = 1, b : 2", """{"a":1,"b":2}""")]
    [InlineData("Key-value separator", "\"foo\" {}", """{"foo":{}}""")]
    [InlineData("Key-value separator", "foo {\n a = 1 }", """{"foo":{"a":1}}""")]
    [InlineData("Key-value separator", "a\n=\n1", """{"a":1}""")]
    [InlineData("Commas", "[1,2,3,]", "[1,2,3]")]
    [InlineData("Commas", "[1\n2\n3]", "[1,2,3]")]
    [InlineData("Commas", "[1,\n2\n,3\n]", "[1,2,3]")]
    [InlineData("Commas", "{ a = 1, b = 2, }", """{"a":1,"b":2}""")]
    [InlineData("Commas", "a = 1\nb = 2\n\n\nc = 3", """{"a":1,"b":2,"c":3}""")]
    [InlineData("Whitespace", "a\u00A0=\u20071\u202F", """{"a":1}""")]
    [InlineData("Whitespace", "\uFEFFa = 1\r\nb = 2\r\n", """{"a":1,"b":2}""")]
    [InlineData("Whitespace", "a\t=\v1\f,\u001Cb\u001F= 2", """{"a":1,"b":2}""")]
    [InlineData("Duplicate keys", """{ "foo" : { "a" : 42 }, "foo" : { "b" : 43 } }""", """{"foo":{"a":42,"b":43}}""")]
    [InlineData("Duplicate keys", """{ "foo" : { "a" : 42 }, "foo" : null, "foo" : { "b" : 43 } }""", """{"foo":{"b":43}}""")]
    [InlineData("Duplicate keys", "a = 1, a = 2", """{"a":2}""")]
    [InlineData("Duplicate keys", "a = [1, 2], a = [3]", """{"a":[3]}""")]
    [InlineData("Duplicate keys", "a = { b = 1 }, a = 7", """{"a":7}""")]
    [InlineData("Unquoted strings", "a = hello", """{"a":"hello"}""")]
    [InlineData("Unquoted strings", "a = truefoo, b = footrue, c = 10.0bar, d = bar10.0", """{"a":"truefoo","b":"footrue","c":"10.0bar","d":"bar10.0"}""")]
    [InlineData("Unquoted strings", "a = runs/quickstart-2, b = 2026-11-22, c = 192.168.0.1", """{"a":"runs/quickstart-2","b":"2026-11-22","c":"192.168.0.1"}""")]
    [InlineData("Unquoted strings", "a = -1.5e+3, b = 1E-4, c = -0", """{"a":-1.5e+3,"b":1E-4,"c":-0}""")]
    [InlineData("Unquoted strings", "a = 01, b = 1., c = .5", """{"a":"01","b":"1.","c":".5"}""")]
    [InlineData("Multi-line strings", "a = \"\"\"one\n  two \\n\"\"\"", """{"a":"one\n  two \\n"}""")]
    [InlineData("Multi-line strings", "a = \"\"\"foo\"\"\"\"", """{"a":"foo\""}""")]
    [InlineData("Multi-line strings", "a = \"\"\"\"\"\", b = \"\"", """{"a":"","b":""}""")]
    [InlineData("String value concatenation", "a =  foo bar baz  ", """{"a":"foo bar baz"}""")]
    [InlineData("String value concatenation", "a = foo  \"bar  baz\"", """{"a":"foo  bar  baz"}""")]
    [InlineData("String value concatenation", "a = 1e5 true null", """{"a":"1e5 true null"}""")]
    [InlineData("String value concatenation", "a = true, b = null, c = 1e5", """{"a":true,"b":null,"c":1e5}""")]
    [InlineData("String value concatenation", "[ This is one string ]", """["This is one string"]""")]
    [InlineData("Array and object concatenation", "a : { b : 1 } { c : 2 }", """{"a":{"b":1,"c":2}}""")]
    [InlineData("Array and object concatenation", "a : { b : 1 }\na : { c : 2 }", """{"a":{"b":1,"c":2}}""")]
    [InlineData("Array and object concatenation", "a : { b : 1, c : { d : 1 } } { b : 2, c.e : 2 }", """{"a":{"b":2,"c":{"d":1,"e":2}}}""")]
    [InlineData("Array and object concatenation", "a : [ 1, 2 ] [ 3, 4 ]", """{"a":[1,2,3,4]}""")]
    [InlineData("Array and object concatenation", "a : [ 1, 2 ]\na : ${a} [ 3, 4 ]", """{"a":[1,2,3,4]}""")]
    [InlineData("Array and object concatenation", "data-center-generic = { cluster-size = 6 }\ndata-center-east = ${data-center-generic} { name = \"east\" }", """{"data-center-generic":{"cluster-size":6},"data-center-east":{"cluster-size":6,"name":"east"}}""")]
    [InlineData("Array and object concatenation", "path = [ /bin ]\npath = ${path} [ /usr/bin ]", """{"path":["/bin","/usr/bin"]}""")]
    [InlineData("Array and object concatenation", "a = { x = [\n1 ] } {\n y = 2 }", """{"a":{"x":[1],"y":2}}""")]
    [InlineData("Concatenation with whitespace and substitutions", "foo = [1], bar = [2], a = ${foo} ${bar}", """{"foo":[1],"bar":[2],"a":[1,2]}""")]
    [InlineData("Concatenation with whitespace and substitutions", "foo = x, bar = y, a = ${foo}  ${bar}", """{"foo":"x","bar":"y","a":"x  y"}""")]
    [InlineData("Concatenation with whitespace and substitutions", "foo = { x : 1 }, bar = { y : 2 }, a = ${foo} ${bar}", """{"foo":{"x":1},"bar":{"y":2},"a":{"x":1,"y":2}}""")]
    [InlineData("Arrays without commas or newlines", "[ 1 2 3 4 ]", """["1 2 3 4"]""")]
    [InlineData("Arrays without commas or newlines", "[ 1\n2\n3\n4 ]", "[1,2,3,4]")]
    [InlineData("Arrays without commas or newlines", "[ [ 1, 2 ] [ 3, 4 ] ]", "[[1,2,3,4]]")]
    [InlineData("Arrays without commas or newlines", "[ [ 1, 2 ]\n[ 3, 4 ] ]", "[[1,2],[3,4]]")]
    [InlineData("Arrays without commas or newlines", "name = n, world = w, a = [ my name is ${name}, Hello ${world} ]", """{"name":"n","world":"w","a":["my name is n","Hello w"]}""")]
    [InlineData("Path expressions", "foo.bar.\"hello.world\" = 1", """{"foo":{"bar":{"hello.world":1}}}""")]
    [InlineData("Path expressions", "10.0foo = 1", """{"10":{"0foo":1}}""")]
    [InlineData("Path expressions", "foo10.0 = 1", """{"foo10":{"0":1}}""")]
    [InlineData("Path expressions", "foo\"10.0\" = 1", """{"foo10.0":1}""")]
    [InlineData("Path expressions", "1.2.3 = 4", """{"1":{"2":{"3":4}}}""")]
    [InlineData("Path expressions", "a.\"\".b = 1", """{"a":{"":{"b":1}}}""")]
    [InlineData("Paths as keys", "foo.bar : 42", """{"foo":{"bar":42}}""")]
    [InlineData("Paths as keys", "foo.bar.baz : 42", """{"foo":{"bar":{"baz":42}}}""")]
    [InlineData("Paths as keys", "a.x : 42, a.y : 43", """{"a":{"x":42,"y":43}}""")]
    [InlineData("Paths as keys", "a b c : 42", """{"a b c":42}""")]
    [InlineData("Paths as keys", "true : 42, 3 : 42, 3.14 : 42", """{"true":42,"3":{"14":42}}""")]
    [InlineData("Include syntax", "{ foo include : 42 }", """{"foo include":42}""")]
    [InlineData("Include syntax", "{ foo : include }", """{"foo":"include"}""")]
    [InlineData("Include syntax", "[ include ]", """["include"]""")]
    [InlineData("Include syntax", "{ \"include\" : 42 }", """{"include":42}""")]
    [InlineData("Conversion of numerically-indexed objects to arrays", "a = { \"1\" : b, \"0\" : a, x : no }, c = ${a} [d]", """{"a":{"1":"b","0":"a","x":"no"},"c":["a","b","d"]}""")]
    [InlineData("Config object merging and file merging", "a : { y : 2 }, a : 42, a : { x : 1 }", """{"a":{"x":1}}""")]
    [InlineData("Config object merging and file merging", "a : 42, a : { y : 2 }, a : { x : 1 }", """{"a":{"x":1,"y":2}}""")]
    public void AnExampleMeansWhatItsSectionSays(string section, string hocon, string json)
    {
        section.ShouldNotBeEmpty();
        HoconJson.ShouldMean(hocon, json);
    }

    [Theory]
    [InlineData("Omit root braces", "a = 1 }", 1, "a closing mark fits no opening one")]
    [InlineData("Omit root braces", "{ a = 1 } }", 1, "there is text after the end")]
    [InlineData("Omit root braces", "{\n a = {\n b = 1\n}", 4, "the brace opened in line 1 is not closed")]
    [InlineData("Commas", "[1,2,3,,]", 1, "a comma separates nothing")]
    [InlineData("Commas", "[,1,2,3]", 1, "a comma separates nothing")]
    [InlineData("Commas", "[1,,2,3]", 1, "a comma separates nothing")]
    [InlineData("Commas", "a = 1,\n,b = 2", 2, "a comma separates nothing")]
    [InlineData("Commas", "[\n[1]\n[2}", 3, "a closing mark fits no opening one")]
    [InlineData("Unquoted strings", "\na = x@y", 2, "this character may not stand outside quotes")]
    [InlineData("Unquoted strings", "a = *", 1, "this character may not stand outside quotes")]
    [InlineData("Unquoted strings", "a = [xy+, x]", 1, "this character may not stand outside quotes")]
    [InlineData("Unchanged from JSON", "a = \"x\\q\"", 1, "a bad escape in a quoted string")]
    [InlineData("Unchanged from JSON", "a = \"x\\u12g4\"", 1, "a bad escape in a quoted string")]
    [InlineData("Unchanged from JSON", "a = \"x\\", 1, "a bad escape in a quoted string")]
    [InlineData("Unchanged from JSON", "a = 1\nb = \"x\ny\"", 2, "a quoted string is not closed")]
    [InlineData("Unchanged from JSON", "a = \"x\ty\"", 1, "a control character stands in a quoted string")]
    [InlineData("Multi-line strings", "a = \n\"\"\"x\n", 2, "a triple-quoted string is not closed")]
    [InlineData("Value concatenation", "a = [1] x", 1, "values of different kinds stand in a row")]
    [InlineData("Array and object concatenation", "a = [1] { b = 1 }", 1, "values of different kinds stand in a row")]
    [InlineData("Array and object concatenation", "a = { b = 1 } x", 1, "values of different kinds stand in a row")]
    [InlineData("Concatenation with whitespace and substitutions", "foo = [1], a = ${foo} \" \" ${foo}", 1, "values of different kinds stand in a row")]
    [InlineData("Path expressions", "a..b = 1", 1, "a path has an empty key")]
    [InlineData("Path expressions", ".a = 1", 1, "a path has an empty key")]
    [InlineData("Path expressions", "a. = 1", 1, "a path has an empty key")]
    [InlineData("Path expressions", "x = ${a..b}", 1, "a path has an empty key")]
    [InlineData("Path expressions", "x = ${}", 1, "a path has an empty key")]
    [InlineData("Paths as keys", "a = 1\nb\nc = 2", 2, "the key b is given no value")]
    [InlineData("Paths as keys", "${a} = 1", 1, "a key was expected")]
    [InlineData("Key-value separator", "a = , b = 1", 1, "the key a has no value")]
    [InlineData("Key-value separator", "a = 1 b = 2", 1, "the key a holds a separator in its value")]
    [InlineData("Substitutions", "x = ${a", 1, "a substitution is not closed")]
    [InlineData("Substitutions", "x = ${a${b}}", 1, "a key holds what no key may hold")]
    [InlineData("Include syntax", "include foo", 1, "an include has no file name in quotes")]
    [InlineData("Include syntax", "include : 42", 1, "an include has no file name in quotes")]
    [InlineData("Include syntax", "include url(\"http://localhost/foo.conf\")", 1, "an include can only name a file")]
    [InlineData("Include syntax", "include file(\"foo.conf\"", 1, "the parentheses of an include do not match")]
    public void WhatASectionForbidsIsAnErrorThatNamesFileAndLine(string section, string hocon, int line, string problem)
    {
        section.ShouldNotBeEmpty();
        Kernels.InputException error = HoconJson.ShouldFail(hocon);
        error.Problem.ShouldBe(problem);
        error.File.ShouldBe("bad.conf");
        error.Line.ShouldBe(line);
        (error.Expected ?? error.Found).ShouldNotBeNull();
    }

    [Fact]
    public void NestingBeyondAllUseIsAnErrorAndNoCrash() =>
        HoconJson.ShouldFail("a = " + new string('[', 100_000)).Problem.ShouldBe("braces or brackets are nested too deep");
}
