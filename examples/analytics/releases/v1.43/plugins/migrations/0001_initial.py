import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("teams", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="PluginConfig",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("enabled", models.BooleanField(default=False)),
                ("config", models.JSONField(default=dict)),
                ("team", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="teams.team")),
            ],
            options={"db_table": "plugin_config"},
        ),
    ]
