from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_person_public_id")]
    operations = [
        migrations.AddIndex(
            model_name="persondistinctid",
            index=models.Index(fields=["person", "version"], name="distinct_id_person_version"),
        ),
    ]
