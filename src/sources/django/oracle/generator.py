"""A random but reproducible author of migrations."""

import copy
import os

APPS = ["clinic", "billing"]
NOUNS = ["Patient", "Visit", "Doctor", "Invoice", "Payment", "Room", "Referral", "Prescription", "Insurer", "Appointment"]
WORDS = [
    "name", "email", "notes", "amount", "status", "starts_at", "ends_on", "code", "weight", "active", "external_id", "address",
    "phone_number", "rate", "priority", "payload", "summary", "opened", "reference", "duration",
    "a_rather_long_name_for_a_column_that_pushes_generated_names_over", "Größe",
]

SCALARS = {
    "CharField": lambda r: {"max_length": r.choice([10, 32, 64, 255])},
    "TextField": lambda r: {},
    "SlugField": lambda r: r.choice([{}, {"max_length": 80}, {"db_index": False}]),
    "EmailField": lambda r: {},
    "URLField": lambda r: {},
    "IntegerField": lambda r: {},
    "BigIntegerField": lambda r: {},
    "SmallIntegerField": lambda r: {},
    "PositiveIntegerField": lambda r: {},
    "PositiveSmallIntegerField": lambda r: {},
    "PositiveBigIntegerField": lambda r: {},
    "BooleanField": lambda r: {},
    "FloatField": lambda r: {},
    "DecimalField": lambda r: {"max_digits": r.choice([8, 10, 12]), "decimal_places": r.choice([2, 4])},
    "DateField": lambda r: {},
    "DateTimeField": lambda r: r.choice([{}, {}, {"auto_now_add": True}, {"auto_now": True}]),
    "TimeField": lambda r: {},
    "DurationField": lambda r: {},
    "UUIDField": lambda r: {},
    "JSONField": lambda r: {},
    "BinaryField": lambda r: {},
    "GenericIPAddressField": lambda r: {},
    "FileField": lambda r: {"upload_to": "files"},
}

DEFAULTS = {
    "CharField": ["''", "'new'", "\"o'clock\""],
    "TextField": ["''", "'a % b'", "'back\\\\slash'"],
    "SlugField": ["'x'"],
    "EmailField": ["'a@example.org'"],
    "URLField": ["''"],
    "IntegerField": ["0", "-1", "42"],
    "BigIntegerField": ["0", "10000000000"],
    "SmallIntegerField": ["1"],
    "PositiveIntegerField": ["0", "7"],
    "PositiveSmallIntegerField": ["3"],
    "PositiveBigIntegerField": ["3"],
    "BooleanField": ["False", "True"],
    "FloatField": ["0.0", "1.5", "-2.25", "3"],
    "DecimalField": ["0", "Decimal('1.50')", "Decimal('-3')"],
    "DateField": ["datetime.date(2020, 1, 2)"],
    "DateTimeField": ["django.utils.timezone.now"],
    "TimeField": ["datetime.time(8, 30)"],
    "DurationField": ["datetime.timedelta(days=1)", "datetime.timedelta(seconds=90)"],
    "UUIDField": ["uuid.uuid4"],
    "JSONField": ["dict", "list", "{'a': [1, None, True]}"],
    "BinaryField": ["b''", "b'ab'"],
    "GenericIPAddressField": ["'10.0.0.1'"],
    "FileField": ["''"],
}
DB_DEFAULTS = {
    "CharField": ["'x'", "Value('y')"],
    "TextField": ["'t'", "Upper(Value('a'))"],
    "IntegerField": ["5", "Value(6)", "-1"],
    "BigIntegerField": ["5"],
    "BooleanField": ["False", "Value(True)"],
    "DateTimeField": ["Now()"],
    "DecimalField": ["Decimal('2.5')"],
    "FloatField": ["1.5"],
    "JSONField": ["{}"],
}
HEADER = """import datetime
import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Now, Upper


class Migration(migrations.Migration):
"""


class Field:
    def __init__(self, cls, options, kind="scalar", to=None):
        self.cls, self.options, self.kind, self.to = cls, options, kind, to

    def source(self):
        parts = []
        if self.kind == "array":
            parts.append(f"base_field=models.{self.cls}({join(self.base)})")
            prefix = "django.contrib.postgres.fields.ArrayField"
        else:
            prefix = f"models.{self.cls}"
        if self.kind in ("fk", "m2m"):
            parts.append(f"to={self.to!r}")
        if self.kind == "fk":
            parts.append("on_delete=django.db.models.deletion.CASCADE")
        parts.append(join(self.options))
        return f"{prefix}({', '.join(p for p in parts if p)})"


def join(options):
    return ", ".join(f"{k}={v if k in RAW else repr(v)}" for k, v in options.items())


RAW = {"default", "db_default"}


class Model:
    def __init__(self, app, name):
        self.app, self.name = app, name
        self.fields = {}
        self.indexes, self.constraints, self.unique_together = {}, {}, []
        self.table = None


class History:
    def __init__(self, random, folder):
        self.random, self.folder = random, folder
        self.models, self.last, self.number = [], {}, {app: 0 for app in APPS}
        self.serial = 0
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "settings.py"), "w", encoding="utf-8") as file:
            file.write('DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n')

    # Choices

    def scalar(self, nullable_ok=True, indexed_ok=True):
        r = self.random
        if r.random() < 0.06:
            field = Field(r.choice(["CharField", "IntegerField", "TextField"]), {}, "array")
            field.base = {"max_length": r.choice([5, 9])} if field.cls == "CharField" else {}
            if r.random() < 0.3:
                field.options["size"] = r.randint(2, 6)
            field.options["null"] = True
            return field
        cls = r.choice(list(SCALARS))
        options = dict(SCALARS[cls](r))
        auto = "auto_now" in options or "auto_now_add" in options
        if r.random() < 0.35:
            options["null"] = True
        if r.random() < 0.4 and not auto:
            options["default"] = r.choice(DEFAULTS[cls])
        elif r.random() < 0.15 and cls in DB_DEFAULTS and not auto:
            options["db_default"] = r.choice(DB_DEFAULTS[cls])
        if r.random() < 0.2 and cls in ("CharField", "TextField", "EmailField", "URLField"):
            options["blank"] = True
        if indexed_ok and cls not in ("JSONField", "BinaryField"):
            roll = r.random()
            if roll < 0.15:
                options["db_index"] = True
            elif roll < 0.25:
                options["unique"] = True
        if r.random() < 0.08:
            self.serial += 1
            options["db_column"] = f"col_{self.serial}"
        if r.random() < 0.08:
            options["db_comment"] = r.choice(["what the doctor said", "it's here", "100% sure"])
        if r.random() < 0.05 and cls in ("CharField", "TextField"):
            options["db_collation"] = "C"
        return Field(cls, options)

    def relation(self, app):
        r = self.random
        target = r.choice(self.models)
        label = f"{target.app}.{target.name}".lower() if r.random() < 0.5 else f"{target.app}.{target.name}"
        self.serial += 1
        roll = r.random()
        if roll < 0.25:
            options = {"related_name": f"rel{self.serial}"}
            if r.random() < 0.15:
                options["db_table"] = f"links_{self.serial}"
            return Field("ManyToManyField", options, "m2m", label), target
        cls = "OneToOneField" if roll < 0.4 else "ForeignKey"
        options = {"related_name": r.choice([f"rel{self.serial}", f"rel{self.serial}+"])}
        if r.random() < 0.6:
            options["null"] = True
        if r.random() < 0.12:
            options["db_constraint"] = False
        if r.random() < 0.15 and cls == "ForeignKey":
            options["db_index"] = False
        uniques = [n for n, f in target.fields.items() if f.kind == "scalar" and f.options.get("unique") and f.cls not in ("BooleanField",)]
        if uniques and r.random() < 0.4:
            options["to_field"] = r.choice(uniques)
        return Field(cls, options, "fk", label), target

    def free_name(self, model):
        taken = {n.lower() for n in model.fields} | {"id"}
        names = [w for w in WORDS if w.lower() not in taken]
        if names:
            return self.random.choice(names)
        self.serial += 1
        return f"extra_{self.serial}"

    def referenced(self, model, name):
        return any(
            f.kind == "fk" and f.to.lower() == f"{model.app}.{model.name}".lower() and f.options.get("to_field") == name
            for m in self.models
            for f in m.fields.values()
        )

    def used(self, model, name):
        return (
            any(name in fields for fields in model.unique_together)
            or any(name in i["fields"] for i in model.indexes.values())
            or any(name in c["fields"] for c in model.constraints.values())
        )

    # Operations: each returns source, or None when there is nothing to do it on.

    def create_model(self, app):
        names = [n for n in NOUNS if not any(m.name == n and m.app == app for m in self.models)]
        if not names:
            return None
        r = self.random
        model = Model(app, r.choice(names))
        fields = []
        key = r.random()
        if key < 0.6:
            fields.append(("id", r.choice(["models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')", "models.AutoField(primary_key=True)"])))
        elif key < 0.75:
            model.fields["id"] = Field("UUIDField", {"primary_key": True, "default": "uuid.uuid4"})
        elif key < 0.85:
            model.fields["code"] = Field("CharField", {"primary_key": True, "max_length": 20})
        for _ in range(r.randint(1, 5)):
            model.fields[self.free_name(model)] = self.scalar()
        if self.models and r.random() < 0.6:
            field, _target = self.relation(app)
            model.fields[f"link_{self.serial}"] = field
        fields += [(n, f.source()) for n, f in model.fields.items()]
        options = {}
        if r.random() < 0.2:
            self.serial += 1
            model.table = options["db_table"] = f"{app}_table_{self.serial}"
        plain = [n for n, f in model.fields.items() if f.kind == "scalar" and f.cls not in ("JSONField", "BinaryField")]
        if len(plain) >= 2 and r.random() < 0.25:
            pair = tuple(r.sample(plain, 2))
            model.unique_together.append(pair)
            options["unique_together"] = {pair}
        extra = []
        if plain and r.random() < 0.3:
            name, spec, source = self.index(model, plain)
            model.indexes[name] = spec
            extra.append(f"'indexes': [{source}]")
        if plain and r.random() < 0.3:
            name, spec, source = self.constraint(model, plain)
            model.constraints[name] = spec
            extra.append(f"'constraints': [{source}]")
        if r.random() < 0.1:
            options["db_table_comment"] = "one row per thing"
        self.models.append(model)
        listed = ", ".join([f"{k!r}: {v!r}" for k, v in options.items()] + extra)
        body = ", ".join(f"({n!r}, {s})" for n, s in fields)
        return f"migrations.CreateModel(name={model.name!r}, fields=[{body}], options={{{listed}}})"

    def plain_fields(self, model):
        return [n for n, f in model.fields.items() if f.kind == "scalar" and f.cls not in ("JSONField", "BinaryField")]

    def index(self, model, plain):
        r = self.random
        self.serial += 1
        name = f"ix_{self.serial}"
        fields = r.sample(plain, min(len(plain), r.randint(1, 2)))
        text = [f for f in plain if model.fields[f].cls in ("CharField", "TextField")]
        roll = r.random()
        if roll < 0.2 and text:
            field = r.choice(text)
            source = r.choice([f"Lower({field!r})", f"F({field!r}).desc()", f"Upper({field!r}).asc(nulls_first=True)"])
            return name, {"fields": [field]}, f"models.Index({source}, name={name!r})"
        if roll < 0.35:
            cls = r.choice(["BTreeIndex", "BrinIndex"])
            more = ", fillfactor=70" if cls == "BTreeIndex" and r.random() < 0.5 else ""
            ok = [f for f in fields if model.fields[f].cls not in ("BooleanField",)] or None
            if ok:
                return name, {"fields": ok}, f"django.contrib.postgres.indexes.{cls}(fields={ok!r}, name={name!r}{more})"
        ordered = [("-" if r.random() < 0.3 else "") + f for f in fields]
        options = f"fields={ordered!r}, name={name!r}"
        if r.random() < 0.3:
            condition, used = self.condition(model, plain)
            options += f", condition={condition}"
            fields = fields + used
        if r.random() < 0.15:
            include = [f for f in plain if f not in fields][:1]
            if include:
                options += f", include={include!r}"
                fields = fields + include
        return name, {"fields": fields}, f"models.Index({options})"

    def condition(self, model, plain):
        r = self.random
        field = r.choice(plain)
        cls = model.fields[field].cls
        if "Integer" in cls:
            q = r.choice([f"Q({field}__gt=3)", f"Q({field}__in=[1, 2, 3])", f"Q({field}__range=(1, 9))", f"~Q({field}=5)", f"Q({field}__gte=1, {field}__lt=10)", f"Q({field}__lt=F({field!r}) + 1)"])
        elif cls in ("CharField", "TextField", "SlugField"):
            q = r.choice([f"Q({field}__startswith='a_b')", f"Q({field}='it''s')", f"~Q({field}='')", f"Q({field}__in=['a', 'b'])", f"Q({field}__icontains='50%')", f"Q({field}__regex='^x')", f"Q({field}__iexact='x')"])
        elif cls == "BooleanField":
            q = r.choice([f"Q({field}=True)", f"Q({field}=False)", f"~Q({field}=True)"])
        else:
            q = r.choice([f"Q({field}__isnull=True)", f"Q({field}__isnull=False)", f"~Q({field}__isnull=True)"])
        if r.random() < 0.3:
            other, used = self.condition(model, plain)
            return f"({q} {r.choice(['|', '&'])} {other})", [field, *used]
        return q, [field]

    def constraint(self, model, plain):
        r = self.random
        self.serial += 1
        name = f"con_{self.serial}"
        if r.random() < 0.5:
            condition, used = self.condition(model, plain)
            return name, {"fields": used}, f"models.CheckConstraint(condition={condition}, name={name!r})"
        fields = r.sample(plain, min(len(plain), r.randint(1, 2)))
        options = f"fields={fields!r}, name={name!r}"
        roll = r.random()
        if roll < 0.25:
            condition, used = self.condition(model, plain)
            options += f", condition={condition}"
            fields = fields + used
        elif roll < 0.4:
            options += f", deferrable=models.Deferrable.{r.choice(['DEFERRED', 'IMMEDIATE'])}"
        elif roll < 0.5:
            options += f", nulls_distinct={r.choice(['True', 'False'])}"
        return name, {"fields": fields}, f"models.UniqueConstraint({options})"

    def own(self, app):
        own = [m for m in self.models if m.app == app]
        return self.random.choice(own) if own else None

    def delete_model(self, app):
        model = self.own(app)
        if model is None or len(self.models) < 3:
            return None
        label = f"{model.app}.{model.name}".lower()
        if any(f.to is not None and f.to.lower() == label for m in self.models if m is not model for f in m.fields.values()):
            return None
        self.models.remove(model)
        return f"migrations.DeleteModel(name={model.name!r})"

    def rename_model(self, app):
        model = self.own(app)
        names = [n for n in NOUNS if not any(m.name == n and m.app == app for m in self.models)]
        if model is None or not names:
            return None
        old, new = model.name, self.random.choice(names)
        label = f"{model.app}.{old}".lower()
        model.name = new
        for m in self.models:
            for f in m.fields.values():
                if f.to is not None and f.to.lower() == label:
                    f.to = f"{model.app}.{new}"
        return f"migrations.RenameModel(old_name={old!r}, new_name={new!r})"

    def alter_table(self, app):
        model = self.own(app)
        if model is None:
            return None
        self.serial += 1
        table = self.random.choice([f"{app}_renamed_{self.serial}", None])
        model.table = table
        return f"migrations.AlterModelTable(name={model.name.lower()!r}, table={table!r})"

    def add_field(self, app):
        model = self.own(app)
        if model is None:
            return None
        r = self.random
        if r.random() < 0.35:
            field, _target = self.relation(app)
            name = f"link_{self.serial}"
        else:
            name, field = self.free_name(model), self.scalar()
        preserve = ""
        if "default" in field.options and r.random() < 0.3:
            preserve = ", preserve_default=False"
        source = f"migrations.AddField(model_name={model.name.lower()!r}, name={name!r}, field={field.source()}{preserve})"
        if preserve:
            del field.options["default"]
        model.fields[name] = field
        return source

    def alter_field(self, app):
        model = self.own(app)
        if model is None or not model.fields:
            return None
        r = self.random
        name = r.choice(list(model.fields))
        old = model.fields[name]
        field = copy.deepcopy(old)
        if field.kind == "m2m":
            return None
        if field.kind == "fk":
            option = r.choice(["null", "db_index", "db_constraint", "unique", "class"])
            if option == "class":
                field.cls = "OneToOneField" if field.cls == "ForeignKey" else "ForeignKey"
                field.options.pop("unique", None)
                field.options.pop("db_index", None)
            elif option == "unique" and field.cls == "OneToOneField":
                return None
            else:
                fallback = option in ("db_index", "db_constraint")
                field.options[option] = not field.options.get(option, fallback)
        elif field.options.get("primary_key"):
            choice = r.random()
            if field.cls == "CharField":
                field.options["max_length"] = r.choice([30, 40, 50])
            elif choice < 0.5:
                return None
        else:
            roll = r.random()
            if roll < 0.45 and field.kind == "scalar" and not self.referenced(model, name):
                other = self.scalar()
                if other.kind == "scalar":
                    keep = {k: v for k, v in field.options.items() if k in ("db_column", "unique", "db_index", "null")}
                    field = Field(other.cls, {**other.options, **keep} if r.random() < 0.6 else other.options)
            elif roll < 0.7:
                field.options["null"] = not field.options.get("null", False)
                if not field.options["null"] and field.cls in DEFAULTS and r.random() < 0.6 and "db_default" not in field.options and field.kind == "scalar":
                    field.options.setdefault("default", r.choice(DEFAULTS[field.cls]))
            elif roll < 0.8:
                field.options["db_index"] = not field.options.get("db_index", field.cls == "SlugField")
            elif roll < 0.9 and field.cls not in ("JSONField", "BinaryField"):
                if self.referenced(model, name):
                    return None
                field.options["unique"] = not field.options.get("unique", False)
            elif "max_length" in field.options:
                field.options["max_length"] = r.choice([5, 100, 200])
            elif field.kind == "array" and field.base:
                field.base = {"max_length": r.choice([20, 30])}
            else:
                field.options["db_comment"] = "changed"
        if field.cls not in ("CharField", "TextField") or field.kind != "scalar":
            field.options.pop("db_collation", None)
        preserve = ""
        if "default" in field.options and r.random() < 0.2 and not field.options.get("primary_key"):
            preserve = ", preserve_default=False"
        source = f"migrations.AlterField(model_name={model.name.lower()!r}, name={name!r}, field={field.source()}{preserve})"
        if preserve:
            del field.options["default"]
        model.fields[name] = field
        return source

    def remove_field(self, app):
        model = self.own(app)
        if model is None:
            return None
        names = [n for n, f in model.fields.items() if not f.options.get("primary_key") and not self.used(model, n) and not self.referenced(model, n)]
        if not names:
            return None
        name = self.random.choice(names)
        del model.fields[name]
        return f"migrations.RemoveField(model_name={model.name.lower()!r}, name={name!r})"

    def rename_field(self, app):
        model = self.own(app)
        if model is None or not model.fields:
            return None
        names = [n for n in model.fields if not any(n in x["fields"] for x in [*model.indexes.values(), *model.constraints.values()])]
        if not names:
            return None
        old = self.random.choice(names)
        new = self.free_name(model)
        model.fields = {(new if n == old else n): f for n, f in model.fields.items()}
        model.unique_together = [tuple(new if n == old else n for n in fields) for fields in model.unique_together]
        label = f"{model.app}.{model.name}".lower()
        for m in self.models:
            for f in m.fields.values():
                if f.kind == "fk" and f.to.lower() == label and f.options.get("to_field") == old:
                    f.options["to_field"] = new
        return f"migrations.RenameField(model_name={model.name.lower()!r}, old_name={old!r}, new_name={new!r})"

    def add_index(self, app):
        model = self.own(app)
        plain = self.plain_fields(model) if model else []
        if not plain:
            return None
        name, spec, source = self.index(model, plain)
        model.indexes[name] = spec
        return f"migrations.AddIndex(model_name={model.name.lower()!r}, index={source})"

    def remove_index(self, app):
        model = self.own(app)
        if model is None or not model.indexes:
            return None
        name = self.random.choice(list(model.indexes))
        del model.indexes[name]
        return f"migrations.RemoveIndex(model_name={model.name.lower()!r}, name={name!r})"

    def rename_index(self, app):
        model = self.own(app)
        if model is None or not model.indexes:
            return None
        name = self.random.choice(list(model.indexes))
        self.serial += 1
        new = f"ix_renamed_{self.serial}"
        model.indexes[new] = model.indexes.pop(name)
        return f"migrations.RenameIndex(model_name={model.name.lower()!r}, old_name={name!r}, new_name={new!r})"

    def add_constraint(self, app):
        model = self.own(app)
        plain = self.plain_fields(model) if model else []
        if not plain:
            return None
        name, spec, source = self.constraint(model, plain)
        model.constraints[name] = spec
        return f"migrations.AddConstraint(model_name={model.name.lower()!r}, constraint={source})"

    def remove_constraint(self, app):
        model = self.own(app)
        if model is None or not model.constraints:
            return None
        name = self.random.choice(list(model.constraints))
        del model.constraints[name]
        return f"migrations.RemoveConstraint(model_name={model.name.lower()!r}, name={name!r})"

    def unique_together(self, app):
        model = self.own(app)
        plain = self.plain_fields(model) if model else []
        if len(plain) < 2:
            return None
        r = self.random
        if model.unique_together and r.random() < 0.5:
            model.unique_together.pop()
        else:
            pair = tuple(r.sample(plain, 2))
            if pair in model.unique_together:
                return None
            model.unique_together.append(pair)
        value = "{" + ", ".join(repr(p) for p in model.unique_together) + "}" if model.unique_together else "set()"
        return f"migrations.AlterUniqueTogether(name={model.name.lower()!r}, unique_together={value})"

    def run_sql(self, app):
        return self.random.choice(
            [
                "migrations.RunSQL('SELECT 1', migrations.RunSQL.noop)",
                "migrations.RunSQL([('SELECT %s', ['a']), 'SELECT 2'])",
                "migrations.RunSQL(sql='SELECT 1; SELECT 2;', reverse_sql='')",
            ]
        )

    def next_migration(self):
        saved = copy.deepcopy((self.models, self.last, self.number))
        r = self.random
        app = r.choice(APPS)
        if not any(m.app == app for m in self.models):
            weights = [("create_model", 1)]
        else:
            weights = [
                ("create_model", 4), ("delete_model", 1), ("rename_model", 2), ("alter_table", 1), ("add_field", 10), ("alter_field", 16),
                ("remove_field", 4), ("rename_field", 4), ("add_index", 4), ("remove_index", 2), ("rename_index", 1),
                ("add_constraint", 4), ("remove_constraint", 2), ("unique_together", 3), ("run_sql", 1),
            ]
        operations = []
        for _ in range(r.randint(1, 4)):
            kind = r.choices([w[0] for w in weights], [w[1] for w in weights])[0]
            source = getattr(self, kind)(app)
            if source is not None:
                operations.append(source)
        if not operations:
            operations.append(self.create_model(app) or "migrations.RunSQL('SELECT 1')")
        self.number[app] += 1
        label = f"{self.number[app]:04}_step"
        dependencies = sorted(self.last.values())
        folder = os.path.join(self.folder, app, "migrations")
        os.makedirs(folder, exist_ok=True)
        for init in (os.path.join(self.folder, app, "__init__.py"), os.path.join(folder, "__init__.py")):
            open(init, "a").close()
        path = os.path.join(folder, f"{label}.py")
        lines = [f"    dependencies = {dependencies!r}", "", "    operations = ["]
        lines += [f"        {operation}," for operation in operations]
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEADER + "\n".join(lines) + "\n    ]\n")
        self.last[app] = (app, label)

        def undo():
            os.remove(path)
            self.models, self.last, self.number = saved

        return path, app, label, undo
