using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.Sqlite.Versions
{
    /// <inheritdoc />
    public partial class Datasets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Flags",
                table: "Samples",
                type: "INTEGER",
                maxLength: 20,
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Group",
                table: "Samples",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "PreviewIndex",
                table: "Samples",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<Guid>(
                name: "PreviewVersionId",
                table: "Samples",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "CancelRequested",
                table: "Imports",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Options",
                table: "Imports",
                type: "TEXT",
                nullable: false,
                defaultValue: "{}");

            migrationBuilder.AddColumn<Guid>(
                name: "UploadId",
                table: "Imports",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Notes",
                table: "Datasets",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Card",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Changes",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "Leaks",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<Guid>(
                name: "ParentId",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Task",
                table: "DatasetVersions",
                type: "TEXT",
                maxLength: 40,
                nullable: false,
                defaultValue: "activity-recognition");

            migrationBuilder.AddColumn<string>(
                name: "Unmirrored",
                table: "DatasetVersions",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.CreateTable(
                name: "Uploads",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    FileCount = table.Column<int>(type: "INTEGER", nullable: false),
                    TotalBytes = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ReceivedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Uploads", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "UploadFiles",
                columns: table => new
                {
                    UploadId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Path = table.Column<string>(type: "TEXT", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    ReceivedBytes = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UploadFiles", x => new { x.UploadId, x.Number });
                    table.ForeignKey(
                        name: "FK_UploadFiles_Uploads_UploadId",
                        column: x => x.UploadId,
                        principalTable: "Uploads",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_UploadFiles_UploadId_Path",
                table: "UploadFiles",
                columns: new[] { "UploadId", "Path" },
                unique: true);

            // Samples from before own their previews under their own index.
            migrationBuilder.Sql("UPDATE \"Samples\" SET \"PreviewIndex\" = \"Index\"");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "UploadFiles");

            migrationBuilder.DropTable(
                name: "Uploads");

            migrationBuilder.DropColumn(
                name: "Flags",
                table: "Samples");

            migrationBuilder.DropColumn(
                name: "Group",
                table: "Samples");

            migrationBuilder.DropColumn(
                name: "PreviewIndex",
                table: "Samples");

            migrationBuilder.DropColumn(
                name: "PreviewVersionId",
                table: "Samples");

            migrationBuilder.DropColumn(
                name: "CancelRequested",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Options",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "UploadId",
                table: "Imports");

            migrationBuilder.DropColumn(
                name: "Notes",
                table: "Datasets");

            migrationBuilder.DropColumn(
                name: "Card",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "Changes",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "Leaks",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "ParentId",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "Task",
                table: "DatasetVersions");

            migrationBuilder.DropColumn(
                name: "Unmirrored",
                table: "DatasetVersions");
        }
    }
}
