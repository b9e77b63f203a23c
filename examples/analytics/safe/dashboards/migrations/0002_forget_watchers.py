from django.db import migrations


class Migration(migrations.Migration):
    """Nobody watches dashboards any more. The join table stays until every old server is gone."""

    dependencies = [("dashboards", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(model_name="dashboard", name="watchers")]),
    ]
