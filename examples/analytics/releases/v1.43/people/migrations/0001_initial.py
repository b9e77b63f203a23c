import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("teams", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("name", models.CharField(max_length=200, null=True)),
                ("email", models.CharField(max_length=255, null=True)),
                ("legacy_id", models.IntegerField(null=True)),
                ("properties", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="teams.team")),
            ],
            options={"db_table": "person"},
        ),
        migrations.CreateModel(
            name="PersonDistinctId",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("distinct_id", models.CharField(max_length=400)),
                ("version", models.BigIntegerField(null=True)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="people.person")),
                ("team", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="teams.team")),
            ],
            options={"db_table": "person_distinct_id"},
        ),
        migrations.AddConstraint(
            model_name="persondistinctid",
            constraint=models.UniqueConstraint(fields=("team", "distinct_id"), name="unique_distinct_id_per_team"),
        ),
    ]
