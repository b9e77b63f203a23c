from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("people", "0007_person_public_id")]
    operations = [
        AddIndexConcurrently(
            model_name="persondistinctid",
            index=models.Index(fields=["person", "version"], name="distinct_id_person_version"),
        ),
    ]
