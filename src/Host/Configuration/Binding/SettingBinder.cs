using System.Collections;
using Glasswright.Host.Configuration.Hocon;
using Glasswright.Kernels;
using Glasswright.Kernels.Formats;

namespace Glasswright.Host.Configuration.Binding;

/// <summary>
/// Makes sealed records out of a resolved tree. A key that no record knows, a value of the wrong type and a value out of
/// range each end with one line that names the file, the line and what would have been right.
/// </summary>
/// <param name="reference">
/// The tree of the reference configuration. A group that was switched off and on again (<c>calibrate = off</c>, then
/// <c>calibrate { … }</c>) takes what it does not say from here, since the merge has forgotten it.
/// </param>
/// <param name="workingDirectory">The absolute folder that output paths start from.</param>
internal sealed class SettingBinder(ConfigObject? reference, string workingDirectory)
{
    /// <summary>Binds a group to a record.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="node">The group.</param>
    /// <param name="path">The keys that lead to it.</param>
    /// <exception cref="InputException">A setting is unknown, missing, of a wrong type or out of range.</exception>
    public T Bind<T>(ConfigObject node, IReadOnlyList<string> path)
        where T : class => (T)BindGroup(typeof(T), node, path, typeof(T), path);

    /// <summary>
    /// Binds a group. <paramref name="root"/> and <paramref name="rootPath"/> say where suggestions for unknown keys may
    /// come from.
    /// </summary>
    private object BindGroup(Type type, ConfigObject node, IReadOnlyList<string> path, Type root, IReadOnlyList<string> rootPath)
    {
        SettingSchema schema = SettingSchema.Of(type);
        foreach (ConfigField field in node.Fields)
        {
            if (schema.Find(field.Key) is null)
            {
                throw Unknown(field, schema, path, root, rootPath);
            }
        }

        object record = Activator.CreateInstance(type, nonPublic: true)!;
        foreach (Setting setting in schema.Settings)
        {
            IReadOnlyList<string> settingPath = [.. path, setting.Key];
            ConfigNode? value = node.Find(setting.Key) ?? reference?.Find(settingPath);
            setting.Property.SetValue(record, BindSetting(setting, value, node, settingPath, root, rootPath));
        }

        foreach (SettingFault fault in (record as ICheckedSettings)?.Check() ?? [])
        {
            throw Misfit(fault, node, path);
        }

        return record;
    }

    private InputException Misfit(SettingFault fault, ConfigObject node, IReadOnlyList<string> path)
    {
        string[] keys = fault.Key.Split('.');
        ConfigNode? blamed = node.Find(keys);
        Origin? given = fault.Others.Prepend(fault.Key)
            .Select(key => node.Find(key.Split('.'))?.Origin)
            .FirstOrDefault(origin => origin is not null && origin.Source != reference?.Origin.Source);
        return (given ?? blamed?.Origin ?? node.Origin).Fault(
            $"{PathExpression.Render([.. path, .. keys])} {fault.Problem}",
            fault.Expected,
            (blamed as ConfigScalar)?.Description,
            fault.Nearest);
    }

    private object? BindSetting(
        Setting setting, ConfigNode? value, ConfigObject parent, IReadOnlyList<string> path, Type root, IReadOnlyList<string> rootPath)
    {
        if (value is null)
        {
            if (setting.Default is { } text)
            {
                value = ConfigScalar.FromUnquoted(text, parent.Origin);
            }
            else if (setting.AllowsNull)
            {
                return null;
            }
            else
            {
                throw parent.Origin.Fault($"{PathExpression.Render(path)} is missing", Expected(setting));
            }
        }

        if (value is ConfigScalar scalar && setting.AllowsNull
            && (scalar.Kind == ScalarKind.Null || (setting.NullWord is { } word && scalar.Text == word)))
        {
            return null;
        }

        if (setting.ElementType is not { } elementType)
        {
            return BindValue(setting, setting.ValueType, value, path, root, rootPath);
        }

        ConfigArray? array = value is ConfigScalar { Kind: not ScalarKind.Null } && setting.IsOneOrMore
            ? new ConfigArray([value], value.Origin)
            : value as ConfigArray;
        if (array is null && !(value is ConfigObject group && group.TryGetIndexed(out array)))
        {
            throw Wrong(setting, value, path, "a list in brackets");
        }

        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType))!;
        for (int i = 0; i < array!.Items.Count; i++)
        {
            items.Add(BindValue(setting, elementType, array.Items[i], [.. path, $"{i}"], root, rootPath));
        }

        return items.Count >= setting.MinimumCount
            ? items
            : throw Wrong(setting, value, path, $"a list of at least {setting.MinimumCount}");
    }

    private object BindValue(
        Setting setting, Type type, ConfigNode value, IReadOnlyList<string> path, Type root, IReadOnlyList<string> rootPath)
    {
        if (type == typeof(ConfigObject))
        {
            return value as ConfigObject ?? throw Wrong(setting, value, path, "a group in braces");
        }

        if (type == typeof(IReadOnlyDictionary<string, double>))
        {
            return value is ConfigObject figures
                ? BindFigures(setting, figures, path, root, rootPath)
                : throw Wrong(setting, value, path, "a group in braces, a number for each name");
        }

        if (SettingSchema.IsGroup(type))
        {
            return value is ConfigObject group
                ? BindGroup(type, group, path, root, rootPath)
                : throw Wrong(setting, value, path, Expected(setting));
        }

        if (value is not ConfigScalar scalar || scalar.Kind == ScalarKind.Null)
        {
            throw Wrong(setting, value, path, Expected(setting));
        }

        object? result = ScalarConversion.Convert(scalar, type, setting.IsSize);
        if (result is null)
        {
            IEnumerable<string> names = type.IsEnum ? SettingSchema.NamesOf(type).Keys : [];
            throw Wrong(setting, value, path, Expected(setting), names);
        }

        foreach (RuleAttribute rule in setting.Rules)
        {
            if (!rule.Allows(result))
            {
                throw Wrong(setting, value, path, rule.Expected, rule.Names);
            }
        }

        return result is string text ? Located(setting, text, scalar, path) : result;
    }

    /// <summary>Numbers by names that nobody knows before, sorted by name, so that equal ones have one spelling.</summary>
    private SortedDictionary<string, double> BindFigures(
        Setting setting, ConfigObject value, IReadOnlyList<string> path, Type root, IReadOnlyList<string> rootPath)
    {
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (ConfigField field in value.Fields)
        {
            figures.Add(field.Key, (double)BindValue(setting, typeof(double), field.Value, [.. path, field.Key], root, rootPath));
        }

        return figures.Count > 0 ? figures : throw Wrong(setting, value, path, "at least one name with its number");
    }

    private string Located(Setting setting, string text, ConfigScalar scalar, IReadOnlyList<string> path)
    {
        if (!setting.IsInputPath && !setting.IsOutputPath)
        {
            return text;
        }

        if (text.Length == 0)
        {
            throw Wrong(setting, scalar, path, "a path");
        }

        return Path.GetFullPath(text, setting.IsInputPath ? scalar.Origin.Directory : workingDirectory);
    }

    private static InputException Unknown(
        ConfigField field, SettingSchema schema, IReadOnlyList<string> path, Type root, IReadOnlyList<string> rootPath)
    {
        string[] siblings = [.. schema.Settings.Select(setting => setting.Key)];
        string where = path.Count == 0 ? "at the top level" : $"in {PathExpression.Render(path)}";
        string prefix = rootPath.Count == 0 ? string.Empty : PathExpression.Render(rootPath) + ".";
        string? nearest = NearestName.Find(field.Key, siblings)
            ?? SettingSchema.Paths(root, prefix).FirstOrDefault(known => known.EndsWith("." + field.Key, StringComparison.Ordinal))
            ?? NearestName.Find(PathExpression.Render([.. path, field.Key]), SettingSchema.Paths(root, prefix));
        return field.KeyOrigin.Fault(
            $"unknown key {PathExpression.Render([.. path, field.Key])}",
            expected: $"{where} one of {string.Join(", ", siblings)}",
            found: field.Key,
            nearest: nearest);
    }

    private static InputException Wrong(
        Setting setting, ConfigNode value, IReadOnlyList<string> path, string expected, IEnumerable<string>? names = null)
    {
        if (setting.NullWord is { } word && setting.AllowsNull)
        {
            expected += $", or {word}";
        }

        string? nearest = value is ConfigScalar scalar && names is not null ? NearestName.Find(scalar.Text, names) : null;
        return value.Origin.Fault($"{PathExpression.Render(path)} has a value it cannot have", expected, value.Description, nearest);
    }

    private static string Expected(Setting setting)
    {
        Type value = setting.ValueType == typeof(IReadOnlyDictionary<string, double>) ? typeof(double) : setting.ElementType ?? setting.ValueType;
        string type = ScalarConversion.Expected(value, setting.IsSize);
        return setting.Rules.Count == 0 ? type : $"{type}, {string.Join(", ", setting.Rules.Select(rule => rule.Expected))}";
    }
}
