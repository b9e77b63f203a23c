from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0002_forget_legacy_id")]
    operations = [
        migrations.RunSQL('ALTER TABLE "person" DROP COLUMN "legacy_id"', reverse_sql='ALTER TABLE "person" ADD COLUMN "legacy_id" integer NULL'),
    ]
